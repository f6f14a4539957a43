"""Write the code list of locations, every country and territory of ISO 3166-1 and Kosovo, and their crosswalks.

`schemas/codelists/location.csv` has the codes; the crosswalks `m49-location` (numeric codes, with and without
leading zeros), `iso2-location` and `country_name-location` (names in lower case, in six languages and short forms)
lead to them.
The names are those of OCHA's Countries and Territories Taxonomy, as the installed hdx-python-country
carries it; nothing is downloaded. Run it after an upgrade of that package and read the difference.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from hdx.location.country import Country

SCHEMAS = Path(__file__).parents[1] / "schemas"
HEADER = ("code", "title", "description", "source", "deprecated")
KOSOVO = (
    "XKX",
    "Kosovo",
    "User-assigned code; ISO 3166-1 has none. HDX and many others use it.",
    "OCHA Countries and Territories Taxonomy",
    "",
)
NAME_COLUMNS = (
    " Term",
    " Short Name",
    " Short",
    " Formal",
    *(f"M49 {name}" for name in ("English", "French", "Spanish")),
)
SHORT_NAMES = {
    "bolivia": "BOL",
    "brunei": "BRN",
    "burma": "MMR",
    "cape verde": "CPV",
    "car": "CAF",
    "congo, democratic republic of": "COD",
    "congo-brazzaville": "COG",
    "cote d'ivoire": "CIV",
    "czech republic": "CZE",
    "democratic republic of congo": "COD",
    "dprk": "PRK",
    "drc": "COD",
    "dr congo": "COD",
    "east timor": "TLS",
    "gaza": "PSE",
    "gaza strip": "PSE",
    "iran": "IRN",
    "iran (islamic rep. of)": "IRN",
    "ivory coast": "CIV",
    "kosovo": "XKX",
    "lao pdr": "LAO",
    "laos": "LAO",
    "libyan arab jamahiriya": "LBY",
    "macedonia": "MKD",
    "moldova": "MDA",
    "north korea": "PRK",
    "occupied palestinian territory": "PSE",
    "occupied palestinian territories": "PSE",
    "opt": "PSE",
    "palestine": "PSE",
    "palestinian territories": "PSE",
    "republic of congo": "COG",
    "republic of korea": "KOR",
    "republic of moldova": "MDA",
    "russia": "RUS",
    "serbia and kosovo: s/res/1244 (1999)": "SRB",
    "south korea": "KOR",
    "swaziland": "SWZ",
    "syria": "SYR",
    "syrian arab rep.": "SYR",
    "tanzania": "TZA",
    "the gambia": "GMB",
    "turkey": "TUR",
    "türkiye": "TUR",
    "turkiye": "TUR",
    "uk": "GBR",
    "united kingdom": "GBR",
    "united states": "USA",
    "usa": "USA",
    "venezuela": "VEN",
    "vietnam": "VNM",
    "west bank": "PSE",
    "west bank and gaza": "PSE",
    "western sahara": "ESH",
}
"""Names in common use that the taxonomy does not have."""

SOURCE = "ISO 3166-1; name of the OCHA Countries and Territories Taxonomy"


def locations() -> list[tuple[str, ...]]:
    """Return the lines of the code list, sorted by code."""
    return sorted([*(_location(code, country) for code, country in _countries().items()), KOSOVO])


def _location(code: str, country: dict[str, Any]) -> tuple[str, ...]:
    numeric = str(country["m49 numerical code"]).zfill(3)
    described = f"Alpha-2 {country['ISO 3166-1 Alpha 2-Codes']}, numeric {numeric}."
    return (code, country["Preferred Term"], described, SOURCE, "")


def numbers() -> list[tuple[str, ...]]:
    """Return the numeric codes (M49, ISO 3166-1 numeric), as numbers and with leading zeros."""
    found = {(str(int(c["m49 numerical code"])), code) for code, c in _countries().items()}
    padded = {(number.zfill(3), code) for number, code in found}
    return sorted((number, code, "") for number, code in {*found, *padded, ("0", "XKX")})


def two_letters() -> list[tuple[str, ...]]:
    """Return the ISO 3166-1 alpha-2 codes; XK is in use for Kosovo."""
    found = [(c["ISO 3166-1 Alpha 2-Codes"], code, "") for code, c in _countries().items()]
    return sorted([*found, ("XK", "XKX", "user-assigned code in common use")])


def names() -> list[tuple[str, ...]]:
    """Return the names of countries in lower case; a name of two countries is left out."""
    found: dict[str, set[str]] = {}
    for code, country in _countries().items():
        for column, name in country.items():
            if column.endswith(NAME_COLUMNS) and name:
                found.setdefault(name.strip().lower(), set()).add(code)
    for name, code in SHORT_NAMES.items():
        found.setdefault(name, set()).add(code)
    return sorted((name, *codes, "") for name, codes in found.items() if len(codes) == 1)


def _countries() -> dict[str, dict[str, Any]]:
    countries: dict[str, dict[str, Any]] = Country.countriesdata(use_live=False)["countries"]
    return countries


def main() -> None:
    """Write the code list and the crosswalks."""
    _write(SCHEMAS / "codelists" / "location.csv", HEADER, locations())
    for name, rows in (("m49", numbers()), ("iso2", two_letters()), ("country_name", names())):
        _write(SCHEMAS / "crosswalks" / f"{name}-location.csv", ("source_value", "code", "note"), rows)


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} lines")


if __name__ == "__main__":
    main()
