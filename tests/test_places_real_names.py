"""Names as providers write them, against the built-in gazetteer: right, or left open, never another unit."""

import polars as pl
import pytest

from hxl_kit.places.gazetteer import gazetteer
from hxl_kit.places.matching import match_names

NAMES = (
    # A city that is a unit of its own, and the province around it.
    ("MEX", 1, "Ciudad de México", "MX09"),
    ("MEX", 1, "Estado de México", "MX15"),
    ("MOZ", 1, "Maputo Province", "MZ05"),
    ("MOZ", 1, "Maputo City", "MZ06"),
    ("KGZ", 1, "Osh oblast", "KG06000000000"),
    ("UKR", 1, "Kyiv oblast", "UA32"),
    ("UKR", 1, "Kyiv city", "UA80"),
    # Islands, and the mainland of their name.
    ("IDN", 1, "Riau Islands", "ID21"),
    ("IDN", 1, "Kep. Riau", "ID21"),
    ("IDN", 1, "Riau", "ID14"),
    # A direction is never taken for another.
    ("COD", 1, "Kasaï Occidental", None),
    ("TCD", 2, "Mandoul Occidental", "TCD1003"),
    ("TCD", 1, "Logone Oriental", "TCD09"),
    # Long official names, exonyms, words for kinds of units in other languages or misspelt.
    ("MEX", 1, "Michoacán state", "MX16"),
    ("SYR", 1, "Rif Dimashq governorate", "SY03"),
    ("SYR", 1, "Ar Raqqah governorate", "SY11"),
    ("SYR", 2, "Jabal Saman district", "SY0200"),
    ("BGD", 2, "Pabna Disctrict", "BD5076"),
    ("MEX", 2, "Comalcalco muncipality", "MX27005"),
    ("TJK", 2, "Murghab rayon", "3590217"),
    # No unit at all.
    ("SYR", 1, "northwest Syria", None),
    ("SYR", 1, "Syria", None),
    ("UKR", 1, "unknown", None),
)


@pytest.fixture(scope="module")
def found():
    queries = pl.DataFrame(
        [(country, level, name, None) for country, level, name, _ in NAMES],
        {"location_code": pl.String, "level": pl.UInt8, "name": pl.String, "parent_code": pl.String},
        orient="row",
    )
    return dict(zip((row[:3] for row in NAMES), match_names(queries, gazetteer())["code"], strict=True))


@pytest.mark.parametrize(("country", "level", "name", "code"), NAMES)
def test_a_providers_name_is_its_unit_or_left_open(found, country, level, name, code):
    assert found[country, level, name] == code
