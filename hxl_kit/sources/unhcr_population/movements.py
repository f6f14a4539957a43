"""Solutions (returns, resettlement, naturalisation) and new displacement across borders, as flows of the year."""

from __future__ import annotations

from hxl_kit.mapping import constant, text
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
    PEOPLE,
    RETURNS,
    ROUNDED,
    counted,
    figure,
    given,
    measured,
    row_id,
)

_SOLUTIONS = {
    "returned_refugees": "refugee_returns",
    "resettlement": "resettlement",
    "naturalisation": "naturalisation",
    "returned_idps": "idp_returns",
}
_NAMES = {
    "returned_refugees": ("RET", "Refugee returns", "Returned refugees"),
    "resettlement": ("RST", "Resettlement arrivals"),
    "naturalisation": ("NAT", "Naturalisation"),
    "returned_idps": ("RDP", "IDP returns", "Returned IDPs", "Returned IDPss"),
}
_NEW_ARRIVALS = {
    "refugees": "refugees",
    "asylum_seekers": "asylum_seekers",
    "refugee_like": "refugees",
    "oip": "other_people_in_need_of_protection",
}
_SOLUTIONS_NOTES = (
    RETURNS,
    "resettlement: the place is the country that took them in",
    "returned refugees and returned IDPs repeat those of the population table: never add the two",
    HALF_YEAR,
    ROUNDED,
)
_TWICE = (
    "new refugees and new asylum-seekers of the year: asylum-seekers repeat the table of asylum applications, and "
    "who applies and is recognised in one year may be in both columns"
)
_FLOWS_NOTES = (
    _TWICE,
    "refugee_like are people in a refugee-like situation, counted beside refugees and under the same category",
    HALF_YEAR,
    ROUNDED,
)


def _layout(
    table: str,
    countries: Countries,
    categories: dict[str, str],
    names: dict[str, tuple[str, ...]],
    notes: tuple[str, ...],
) -> Layout:
    api, row = countries is API, row_id(table, countries)
    maps = tuple(
        TableMap(
            "displacement",
            {
                **figure(row, column, countries),
                **counted(column),
                **PEOPLE,
                **FLOW,
                "category": constant(category),
            },
            where=given(column),
        )
        for column, category in categories.items()
    )
    return Layout(
        id=table if api else f"{table}_iso",
        title=f"{table}, {'API' if api else 'HDX and website'}",
        key=row,
        maps=maps,
        optional=countries.optional,
        other_names={**OTHER_NAMES, **names},
        not_carried=NUMBERS_OF_COUNTRIES,
        measures=tuple(
            measured(column, text("figure_id").str.ends_with(f":{column}")) for column in categories
        ),
        expect=EXPECT,
        notes=notes,
    )


MOVEMENTS = (
    _layout("solutions", API, _SOLUTIONS, {}, _SOLUTIONS_NOTES),
    _layout("solutions", ISO, _SOLUTIONS, _NAMES, _SOLUTIONS_NOTES),
    _layout("flows", API, _NEW_ARRIVALS, {}, _FLOWS_NOTES),
)
"""The tables of solutions and of new displacement in every shape that UNHCR publishes them in."""
