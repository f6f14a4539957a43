"""HDX Humanitarian API (HAPI): other providers' figures in one form, as CSV on HDX and as JSON from the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.sources.definition import Layout, Lookalike, Source
from hxl_kit.sources.hapi.conflict_events import CATEGORIES, conflict_events
from hxl_kit.sources.hapi.idps import OPERATIONS, idps
from hxl_kit.sources.hapi.population import LEVELS, population
from hxl_kit.sources.hapi.refugees import REFUGEES

if TYPE_CHECKING:
    from hxl_kit.reading import TableText

_MADE = {
    "conflict_events": (conflict_events, CATEGORIES),
    "idps": (idps, OPERATIONS),
    "population": (population, LEVELS),
}
"""The layouts whose rows overlap across admin levels, how they are made, and what tells their rows apart."""


def _theme(message: str, *columns: str) -> Lookalike:
    """Return a theme of HAPI that is not read, known by two of its columns."""
    read = "read are HAPI's conflict events, IDPs, refugees, returnees and baseline population"
    return Lookalike(frozenset(columns), f"this is {message}; {read}", others=True)


_LOOKALIKES = (
    _theme(
        "HAPI operational presence, which has no figures of people, only which organisation works where",
        "sector_code",
        "org_acronym",
    ),
    _theme(
        "HAPI humanitarian needs, whose people in need are counted once per sector and status and in free categories",
        "sector_code",
        "population_status",
    ),
    _theme("HAPI's list of organisations, which has no figures of people", "acronym", "org_type_code"),
    _theme("HAPI funding, which counts money, not people", "appeal_code", "requirements_usd"),
    _theme("HAPI food security (IPC phases), which is not read yet", "ipc_phase", "ipc_type"),
    _theme("HAPI food prices, which have no figures of people", "commodity_code", "price_flag"),
    _theme("HAPI national risk (INFORM), an index", "risk_class", "global_rank"),
    _theme("HAPI poverty rate (MPI), an index", "mpi", "headcount_ratio"),
    _theme("HAPI rainfall, which has no figures of people", "rainfall", "rainfall_anomaly_pct"),
)


def recognise(file: TableText) -> Layout | None:
    """Return the layout of an open file, once the whole file has told which of its rows count the same twice.

    Raises:
        SourceMismatchError: it is another theme of HAPI, or required columns are missing.
        InputError: the file cannot be read any further.
    """
    layout = SOURCE.fitting_layout(file.header, file.tags)
    if layout.id not in _MADE:
        return None
    make, plain = _MADE[layout.id]
    return make(plain.within(file, layout.names_in(file.header, file.tags)))


SOURCE = Source(
    id="hapi",
    title="HDX Humanitarian API (HDX HAPI)",
    provider="OCHA Centre for Humanitarian Data, from ACLED, IOM DTM, UNHCR and national statistics offices",
    url="https://hapi.humdata.org/",
    licence="multiple",
    licence_title="The licence of each theme's own source",
    licence_url="https://hdx-hapi.readthedocs.io/en/latest/data_usage_guides/",
    redistribution="forbidden",
    access="public",
    source_type="un",
    language="en",
    terms=(
        "Each theme is on the terms of its source: conflict events on ACLED's (terms of use and attribution policy), "
        "IDPs on IOM DTM's (no redistribution or derivative works without consent), refugees and returnees (UNHCR) and "
        "baseline population (COD-PS) on CC BY. The strictest is stated here: name the theme's own terms in the "
        "sources table where they are wider."
    ),
    layouts=(conflict_events(), idps(), REFUGEES, population()),
    lookalikes=_LOOKALIKES,
    recognise=recognise,
)
