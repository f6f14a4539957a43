"""Applications for asylum and decisions on them, as flows of the year, in persons or in cases.

A person may apply again, appeal and be decided on more than once: only stages that count a person for the
first time are summable (crosswalks of UNHCR's codes to roles). Persons and cases have units of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.mapping import code, constant, joined, text
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
    HALF_YEAR,
    ROUNDED,
    SOURCE_ID,
    counted,
    figure,
    given,
    measured,
    row_id,
)

if TYPE_CHECKING:
    import polars as pl

_OUTCOMES = {
    "dec_total": "asylum_decided",
    "dec_recognized": "asylum_recognised",
    "dec_other": "asylum_complementary_protection",
    "dec_rejected": "asylum_rejected",
    "dec_closed": "asylum_closed",
}
_PROCEDURE = {"procedure_type": ("ProcedureType", "Procedure Type", "Authority")}
_UNIT = ("Cases / Persons", "Cases/Persons")
_APPLICATIONS = {
    **_PROCEDURE,
    "app_type": ("Application Type Code", "ApplicationType", "Application type"),
    "dec_level": ("Stage of procedure",),
    "app_pc": ("ApplicationDataType", "Application Data Type", *_UNIT),
    "applied": ("Applications", "Number of Applications"),
}
_DECISIONS = {
    **_PROCEDURE,
    "dec_level": ("Decision Type Code", "DecisionType", "Stage of procedure"),
    "dec_pc": ("DecisionDataType", "Decision Data Type", *_UNIT),
    "dec_recognized": ("Recognized", "Recognized decisions"),
    "dec_other": ("RecognizedOther", "Complementary Protection", "Complementary protection"),
    "dec_rejected": ("Rejected", "Rejected decisions"),
    "dec_closed": ("OtherwiseClosed", "Otherwise Closed", "Otherwise closed"),
    "dec_total": ("TotalDecided", "Total Decided", "Total decisions"),
}
_AVERAGE = "an average number of persons in a case; cases are not converted to persons"
_SPELT_OUT = "the code beside it, spelt out"
_NOT_CARRIED = {
    **NUMBERS_OF_COUNTRIES,
    **dict.fromkeys(
        (
            "ApplicationAveragePersonsPerCase",
            "Application Average Persons Per Case",
            "DecisionsAveragePersonsPerCase",
            "Decisions Average Persons Per Case",
            "app_size",
            "dec_size",
        ),
        _AVERAGE,
    ),
    **dict.fromkeys(
        ("Procedure Name", "Application Type", "Application Data", "Decision Type", "Decision Data"),
        _SPELT_OUT,
    ),
}
_STAGES = (
    "the authority (G government, U UNHCR, J joint), the stage of the application and the level of the decision "
    "stand in figure_id only; repeat applications, appeals and reviews count the same people again and have the "
    "role triangulation"
)
_NOTES = (
    _STAGES,
    "persons and cases (one or more persons each) have units of their own and are never added",
    HALF_YEAR,
    ROUNDED,
)


def _counts(column: str) -> dict[str, pl.Expr]:
    return {"counts": code(column, "unhcr_data_type-counts"), "unit": code(column, "unhcr_data_type-unit")}


def _layout(
    table: str,
    title: str,
    countries: Countries,
    row: pl.Expr,
    maps: tuple[TableMap, ...],
    names: dict[str, tuple[str, ...]],
    measures: dict[str, str],
) -> Layout:
    api = countries is API
    return Layout(
        id=table if api else f"{table}_iso",
        title=f"{title}, {'API' if api else 'HDX and website'}",
        key=row,
        maps=maps,
        optional=countries.optional | {"dec_level"} - measures.keys(),
        other_names={**OTHER_NAMES, **names},
        not_carried=_NOT_CARRIED,
        measures=tuple(measured(c, text("category") == category) for c, category in measures.items()),
        expect=EXPECT,
        notes=_NOTES,
    )


def _applications(countries: Countries) -> Layout:
    stage = [text(c) for c in ("procedure_type", "app_type", "dec_level", "app_pc")]
    row = row_id("applications", countries, *stage)
    applied = TableMap(
        "displacement",
        {
            **figure(row, "applied", countries),
            **counted("applied"),
            **_counts("app_pc"),
            **FLOW,
            "category": constant("asylum_seekers"),
            "role": code("app_type", "unhcr_application_type-role"),
        },
        where=given("applied"),
    )
    return _layout(
        "asylum_applications",
        "asylum applications",
        countries,
        row,
        (applied,),
        _APPLICATIONS,
        {"applied": "asylum_seekers"},
    )


def _decisions(countries: Countries) -> Layout:
    row = row_id("decisions", countries, *(text(c) for c in ("procedure_type", "dec_level", "dec_pc")))
    group = joined(SOURCE_ID, row)
    counts, level = _counts("dec_pc"), code("dec_level", "unhcr_decision_level-role")
    maps = tuple(
        TableMap(
            "displacement",
            {
                **figure(row, outcome.removeprefix("asylum_"), countries, "triangulation"),
                **counted(column),
                **counts,
                **FLOW,
                "category": constant(outcome),
                **({"role": level} if column == "dec_total" else {}),
                "overlap_group": group,
            },
            where=given(column),
        )
        for column, outcome in _OUTCOMES.items()
    )
    return _layout("asylum_decisions", "asylum decisions", countries, row, maps, _DECISIONS, _OUTCOMES)


ASYLUM = (_applications(API), _applications(ISO), _decisions(API), _decisions(ISO))
"""The tables of asylum applications and decisions in every shape that UNHCR publishes them in."""
