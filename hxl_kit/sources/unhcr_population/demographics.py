"""Demographics: people of one group by place, sex and age.

Sex and age are not known of everyone: the total may exceed women and men, and 0 then stands for "not broken
down". A 0 is a figure only where the parts make up the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import code, constant, derived, joined, text
from hxl_kit.sources.definition import Layout, TableMap
from hxl_kit.sources.unhcr_population._countries import (
    API,
    ISO,
    NUMBERS_OF_COUNTRIES,
    OTHER_NAMES,
    Countries,
)
from hxl_kit.sources.unhcr_population._figures import (
    EXPECT,
    FLOW,
    PEOPLE,
    ROUNDED,
    SOURCE_ID,
    STOCK,
    counted,
    figure,
    given,
    measured,
    row_id,
    whole,
)

if TYPE_CHECKING:
    from hxl_kit.sources.definition import Measure

_SEXES = {"f": "female", "m": "male"}
_AGES = {
    "0_4": "age_0_4",
    "5_11": "age_5_11",
    "12_17": "age_12_17",
    "18_59": "age_18_59",
    "60": "age_60_plus",
    "other": "unknown",
    "total": "all",
}
_PARTS = {f"{s}_{a}": (sex, age) for s, sex in _SEXES.items() for a, age in _AGES.items()}
_FLOW_TYPES = ("RET", "RDP")
_DISPERSED = "Dispersed in the country / territory"
_LEVEL = r" \[Admin ([123])(?:: \w+)?\]$"
_NAMED = {
    "0_4": ("_0_4", " 0-4", " 0 - 4"),
    "5_11": ("_5_11", " 5-11", " 5 - 11"),
    "12_17": ("_12_17", " 12-17", " 12 - 17"),
    "18_59": ("_18_59", " 18-59", " 18 - 59"),
    "60": ("_60", " 60 or more", " 60", " 60+"),
    "other": ("_Unknown", " Unknown", " other", " Other"),
    "total": ("_total", " Total", " total"),
}


def _names_of(part: str) -> tuple[str, ...]:
    sex, _, age = part.partition("_")
    word = "Female" if sex == "f" else "Male"
    return tuple(f"{word}{ending}" for ending in _NAMED[age])


_COLUMNS = {
    **{part: _names_of(part) for part in _PARTS},
    "total": ("Total",),
    "pop_type": ("PT", "Population Type", "Population type"),
    "location": ("Location",),
    "loc_type": ("urbanRural", "Urban or Rural"),
    "acc_type": ("accommodationType", "Accommodation Type"),
}
_TYPE = {"category": code("pop_type", "unhcr_population_type-displacement_category")}
_STOCK = {**STOCK, "measure": code("pop_type", "unhcr_population_type-measure")}
_FLOW = {**FLOW, "measure": _STOCK["measure"]}
_IN_A_YEAR = text("pop_type").is_in(["RET", "RDP"])
_SEXES_KNOWN = whole("f_total") + whole("m_total") == whole("total")
_HOUSING = (
    "the kind of place (U urban, R rural, V various) and of housing (I individual, P planned camp, S self-settled "
    "camp, C collective centre, R reception centre, U unknown) stand in figure_id only"
)
_NOTES = (
    "the totals of this table repeat those of the population table, by place: never add the two",
    "people whose sex or age is not known are in the total only; of a group of unknown age, the age is unknown",
    "returned refugees and returned IDPs: the place is the country that they went back to",
    _HOUSING,
    ROUNDED,
)


def _place(countries: Countries) -> dict[str, pl.Expr]:
    """Return the fields of the place that UNHCR names, such as "Herat [Admin 1]", finer than the country."""
    name, level = text("location").str.replace(_LEVEL, ""), text("location").str.extract(_LEVEL)
    anywhere = text("location").is_null() | (text("location") == _DISPERSED)
    precision = (
        pl.when(level.is_not_null())
        .then(pl.concat_str([pl.lit("admin"), level]))
        .when(anywhere)
        .then(countries.place["geo_precision"])
        .otherwise(pl.lit("unknown"))
    )
    return {
        "provider_admin1_name": derived(pl.when(level == "1").then(name)),
        "provider_admin2_name": derived(pl.when(level == "2").then(name)),
        "place_name": derived(pl.when(level.is_null() | (level == "3")).then(name)),
        "geo_precision": precision,
    }


def _is_figure(part: str) -> pl.Expr:
    """Return where a part is a figure: it is not 0, or the parts make up the whole."""
    sex, _, age = part.partition("_")
    whole_of_it = {
        "total": _SEXES_KNOWN,
        "other": pl.lit(value=False),
    }.get(age, _SEXES_KNOWN & (whole(f"{sex}_other") == 0))
    return given(part) & ((whole(part) != 0).fill_null(value=True) | whole_of_it)


def _figures(countries: Countries) -> tuple[TableMap, ...]:
    """Return the maps of the total and of each part, for stocks and for flows."""
    row = row_id(
        "demographics", countries, *(text(c) for c in ("pop_type", "location", "loc_type", "acc_type"))
    )
    shared = {
        **PEOPLE,
        **_TYPE,
        **_place(countries),
        "overlap_group": joined(SOURCE_ID, row),
    }
    whole_row = {**figure(row, "total", countries), **counted("total"), **shared}
    made = [(whole_row, given("total"))]
    for part, (sex, age) in _PARTS.items():
        fields = {**figure(row, part, countries, "triangulation"), **counted(part), **shared}
        fields |= {"sex": constant(sex), "age_group": constant(age)}
        made.append((fields, _is_figure(part)))
    return tuple(
        TableMap("displacement", {**whole_row, **fields, **period}, where=where & when)
        for fields, where in made
        for period, when in ((_STOCK, ~_IN_A_YEAR), (_FLOW, _IN_A_YEAR))
    )


def _measures() -> tuple[Measure, ...]:
    parts = {"total": ("all", "all"), **_PARTS}
    return tuple(
        measured(part, (text("sex") == sex) & (text("age_group") == age))
        for part, (sex, age) in parts.items()
    )


def _layout(name: str, title: str, countries: Countries, not_carried: dict[str, str]) -> Layout:
    return Layout(
        id=name,
        title=title,
        key=row_id(
            "demographics", countries, *(text(c) for c in ("pop_type", "location", "loc_type", "acc_type"))
        ),
        maps=_figures(countries),
        optional=frozenset({"location", "loc_type", "acc_type"}) | countries.optional,
        other_names={**OTHER_NAMES, **_COLUMNS},
        not_carried=not_carried,
        measures=_measures(),
        expect=EXPECT,
        notes=_NOTES,
    )


DEMOGRAPHICS = (
    _layout("demographics", "demographics, API", API, NUMBERS_OF_COUNTRIES),
    _layout("demographics_iso", "demographics, HDX and website", ISO, {}),
)
"""The demographics table in every shape that UNHCR publishes it in."""
