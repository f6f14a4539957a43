"""Tables of a row per country and year: conflict, disasters, or both."""

from __future__ import annotations

from hxl_kit.mapping import joined, text
from hxl_kit.sources.definition import Expectation, Layout
from hxl_kit.sources.idmc_gidd._quantities import NOTES, figure_maps, figure_measures

_COUNTRY_YEAR = joined(text("iso3"), text("year"))
_COLUMNS = {
    "conflict_new_displacement": (
        "Conflict Internal Displacements (Raw)",
        "Conflict New Displacements (Raw)",
    ),
    "conflict_new_displacement_rounded": ("Conflict Internal Displacements", "Conflict New Displacements"),
    "conflict_total_displacement": ("Conflict Stock Displacement (Raw)",),
    "conflict_total_displacement_rounded": ("Conflict Stock Displacement",),
    "disaster_new_displacement": (
        "Disaster Internal Displacements (Raw)",
        "Disaster New Displacements (Raw)",
    ),
    "disaster_new_displacement_rounded": ("Disaster Internal Displacements", "Disaster New Displacements"),
    "disaster_total_displacement": ("Disaster Stock Displacement (Raw)",),
    "disaster_total_displacement_rounded": ("Disaster Stock Displacement",),
}
_OTHER_NAMES = {
    "iso3": ("ISO3",),
    "country_name": ("Name", "Country / Territory"),
    "year": ("Year",),
    **_COLUMNS,
}
_EVENTS_INCLUDED = (
    "the figures on disasters include those of the table of disaster events: do not add the two"
)


def _layout(
    layout_id: str,
    title: str,
    figures: dict[str, str],
    optional: frozenset[str] = frozenset(),
    *,
    exactly: bool = True,
) -> Layout:
    """Return the layout of a table with those figures: column and cause."""
    subjects = {column: joined("idmc_gidd", _COUNTRY_YEAR, cause) for column, cause in figures.items()}
    causes = sorted(set(figures.values()))
    rounded = frozenset(f"{column}_rounded" for column in figures)
    return Layout(
        id=layout_id,
        title=title,
        key=joined(_COUNTRY_YEAR, "-".join(causes)),
        maps=tuple(
            m for c, cause in figures.items() for m in figure_maps(c, subjects[c], cause, exactly=exactly)
        ),
        measures=tuple(m for c, cause in figures.items() for m in figure_measures(c, cause, exactly=exactly)),
        optional=optional | {"country_name"} | (rounded if exactly else frozenset()),
        other_names=_OTHER_NAMES,
        any_case=True,
        expect=Expectation(filled={"iso3": 1.0, "year": 1.0}),
        notes=(*NOTES, *((_EVENTS_INCLUDED,) if "disaster" in causes else ())),
    )


_CONFLICT = {"conflict_new_displacement": "conflict", "conflict_total_displacement": "conflict"}
_DISASTER = {"disaster_new_displacement": "disaster", "disaster_total_displacement": "disaster"}

CONFLICT = _layout(
    "conflict",
    "conflict, by country and year",
    {"new_displacement": "conflict", "total_displacement": "conflict"},
)
CONFLICT_AND_DISASTER = _layout(
    "conflict_and_disaster", "conflict and disasters, by country and year", {**_CONFLICT, **_DISASTER}
)
CONFLICT_EXPORT = _layout("conflict_export", "export of conflict, by country and year", _CONFLICT)
DISASTER_EXPORT = _layout("disaster_export", "export of disasters, by country and year", _DISASTER)
ROUNDED = _layout(
    "rounded",
    "rounded figures by country and year (2018 to 2021)",
    {**_CONFLICT, **_DISASTER},
    frozenset({"disaster_total_displacement_rounded"}),
    exactly=False,
)
