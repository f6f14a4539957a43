"""UCDP Georeferenced Event Dataset: one row per event of lethal organised violence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.sources.definition import Layout, Lookalike, Source
from hxl_kit.sources.ucdp_ged.derived import DERIVED
from hxl_kit.sources.ucdp_ged.events import CANDIDATE, EVENTS, is_candidate

if TYPE_CHECKING:
    from hxl_kit.reading import TableText

_WAY_OUT = "download the event file (ged*.csv) from https://ucdp.uu.se/downloads/ or from HDX"


def _other(message: str, *columns: str, others: bool = True) -> Lookalike:
    return Lookalike(frozenset(columns), f"this is {message}; {_WAY_OUT}", others)


_LOOKALIKES = (
    _other(
        "the three-column QuickCharts aggregate (deaths per year and admin 1) that HDX derives from GED, not event data",
        "year",
        "adm_1",
        "best",
        others=False,
    ),
    _other(
        "UCDP's country-year dataset (Organised violence): totals per country and year, not events",
        "country_id_cy",
        "year_cy",
    ),
    _other(
        "UCDP's yearly totals of non-state conflicts or one-sided violence, not events",
        "best_fatality_estimate",
        "low_fatality_estimate",
    ),
    _other("UCDP's yearly battle-related deaths, not events", "bd_best", "bd_low"),
    _other(
        "a list of UCDP's conflicts or dyads by year, without figures of deaths",
        "intensity_level",
        "gwno_a",
    ),
    _other("UCDP's list of actors, which has no figures and no events", "ActorId", "NameData"),
)


def recognise(file: TableText) -> Layout | None:
    """Return the layout of Candidate events, which only the file's name tells; None for every other file."""
    fits = EVENTS.required <= frozenset(EVENTS.names_in(file.header, file.tags).values())
    return CANDIDATE if fits and is_candidate(file.path) else None


SOURCE = Source(
    id="ucdp_ged",
    title="UCDP Georeferenced Event Dataset (GED)",
    provider="Uppsala Conflict Data Program (UCDP), Uppsala University",
    url="https://ucdp.uu.se/downloads/",
    licence="CC-BY-4.0",
    licence_title="Creative Commons Attribution 4.0 International",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    redistribution="attribution",
    access="public",
    source_type="dataset",
    language="en",
    terms="Free to use and redistribute with attribution to UCDP and its code book (Sundberg and Melander 2013).",
    layouts=(EVENTS, DERIVED),
    lookalikes=_LOOKALIKES,
    recognise=recognise,
)
