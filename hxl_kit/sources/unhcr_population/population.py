"""Population: people by country of origin and of asylum, one column per group.

Stocks at the end of the year, save returns, which are flows of the year
(https://www.unhcr.org/refugee-statistics/methodology/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.mapping import constant, text
from hxl_kit.sources.definition import Layout, TableMap
from hxl_kit.sources.unhcr_population._countries import (
    API,
    ISO,
    NAMES,
    NUMBERS_OF_COUNTRIES,
    OTHER_NAMES,
    Countries,
)
from hxl_kit.sources.unhcr_population._figures import (
    EXPECT,
    FLOW,
    MID_YEAR,
    PEOPLE,
    RETURNS,
    ROUNDED,
    STOCK,
    counted,
    figure,
    given,
    measured,
    row_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

CATEGORIES = {
    "refugees": "refugees",
    "asylum_seekers": "asylum_seekers",
    "returned_refugees": "refugee_returns",
    "idps": "idps",
    "returned_idps": "idp_returns",
    "stateless": "stateless",
    "ooc": "others_of_concern",
    "oip": "other_people_in_need_of_protection",
    "hst": "host_community",
}
_FLOWS = frozenset({"returned_refugees", "returned_idps"})
_HDX = {
    "refugees": ("REF", "Refugees"),
    "asylum_seekers": ("ASY", "Asylum-seekers", "Asylum seekers"),
    "returned_refugees": ("RET", "Returned refugees"),
    "idps": ("IDP", "Internally displaced persons", "Internally Displaced Persons"),
    "returned_idps": ("RDP", "Returned IDPs"),
    "stateless": ("STA", "Stateless persons", "Stateless Persons"),
    "ooc": ("OOC", "Others of concern to UNHCR", "Others of Concern to UNHCR"),
    "oip": (
        "OIP",
        "VDA",
        "Other people in need of international protection",
        "Venezuelans Displaced Abroad",
    ),
    "hst": ("HST", "Host community"),
}
# "Returned IDPss" is how the website spells it.
_WEBSITE = {
    "refugees": ("Refugees under UNHCR's mandate",),
    "asylum_seekers": ("Asylum-seekers",),
    "returned_refugees": ("Returned refugees",),
    "idps": ("IDPs of concern to UNHCR",),
    "returned_idps": ("Returned IDPss", "Returned IDPs"),
    "stateless": ("Stateless persons",),
    "ooc": ("Others of concern",),
    "oip": ("Other people in need of international protection", "Venezuelans displaced abroad"),
    "hst": ("Host Community", "Host community"),
}
_POPSTATS = {
    "refugees": ("Refugees (incl. refugee-like situations)",),
    "asylum_seekers": ("Asylum-seekers (pending cases)",),
    "returned_refugees": ("Returned refugees",),
    "idps": ("Internally displaced persons (IDPs)",),
    "returned_idps": ("Returned IDPs",),
    "stateless": ("Stateless persons",),
    "ooc": ("Others of concern",),
}
_NEWER = frozenset({"oip", "hst"})
_BOTH = (
    "stateless people who are also refugees are counted in both groups (Rohingya from Myanmar since 2017, "
    "everywhere since 2020): the groups must not be added"
)
_ZEROS = (
    "UNHCR writes 0 also for a group that it did not count yet: asylum-seekers before 2000, IDPs before 1993, "
    "stateless people before 2004, host communities before 2021"
)
_NOTES = (
    RETURNS,
    _BOTH,
    _ZEROS,
    MID_YEAR,
    ROUNDED,
)


def _figure(column: str, countries: Countries, row: pl.Expr) -> TableMap:
    category = CATEGORIES[column]
    return TableMap(
        "displacement",
        {
            **figure(row, category, countries),
            **counted(column),
            **PEOPLE,
            **(FLOW if column in _FLOWS else STOCK),
            "category": constant(category),
        },
        where=given(column),
    )


def _layout(
    name: str,
    title: str,
    countries: Countries,
    names: Mapping[str, tuple[str, ...]],
    optional: Iterable[str] = (),
    not_carried: dict[str, str] | None = None,
) -> Layout:
    """Return the layout of files that give the columns `names`; the other groups are not in them."""
    row = row_id("population", countries)
    return Layout(
        id=name,
        title=title,
        key=row,
        maps=tuple(_figure(column, countries, row) for column in names),
        optional=frozenset(optional) | countries.optional,
        other_names={**OTHER_NAMES, **names},
        not_carried=not_carried or {},
        measures=tuple(measured(c, _of(CATEGORIES[c])) for c in names),
        expect=EXPECT,
        notes=_NOTES,
    )


def _of(category: str) -> pl.Expr:
    return text("category") == category


_PLAIN: dict[str, tuple[str, ...]] = {**dict.fromkeys(CATEGORIES, ()), "oip": ("vda",)}
_TOTAL = (
    "UNHCR's sum of stocks and of flows of the year, which must not be added; "
    "beside it, a suppressed count could be worked out"
)

POPULATION = (
    _layout("population", "population, API", API, _PLAIN, _NEWER, NUMBERS_OF_COUNTRIES),
    _layout("population_hdx", "population, HDX", ISO, _HDX, {*_NEWER, "returned_refugees", "returned_idps"}),
    _layout("population_website", "population, website", ISO, _WEBSITE, CATEGORIES.keys() - {"refugees"}),
    _layout(
        "population_names",
        "population, website without codes",
        NAMES,
        _WEBSITE,
        CATEGORIES.keys() - {"refugees"},
    ),
    _layout(
        "population_2018",
        "persons of concern, to 2018",
        NAMES,
        _POPSTATS,
        not_carried={"Total Population": _TOTAL},
    ),
)
"""The population table in every shape that UNHCR publishes it in."""
