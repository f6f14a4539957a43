"""Daily casualties in the West Bank: OCHA's flash updates, and what OCHA had verified by then.

Meanings: https://data.techforpalestine.org/docs/casualties-daily-west-bank/. Flash figures are reported and not yet
verified; they are the ones recommended because they alone run through the whole series, so that two days can be
compared. `flash_source` "fill" marks days without an update, which the compiler filled in.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, date, text
from hxl_kit.sources._blocks import nationwide
from hxl_kit.sources.casualty_series._series import (
    ANYONE,
    CHILD,
    COMPARED,
    COMPILER,
    RECOMMENDED,
    OfWhom,
    Series,
    cumulative,
    measured,
    of_the_day,
)
from hxl_kit.sources.casualty_series.gaza import START
from hxl_kit.sources.definition import Layout, TableMap

_WEST_BANK = {
    **nationwide(constant("PSE")),
    "provider_admin1_name": constant("West Bank"),
    "geo_precision": constant("admin1"),
}
_REPORTER = "flash_source"
_CLAIMANT = text(_REPORTER).replace_strict(
    {"un": "OCHA", "fill": COMPILER}, default=None, return_dtype=pl.String
)
_FLASH = Series(
    id="west_bank",
    day="report_date",
    start=START,
    place=_WEST_BANK,
    claimant=_CLAIMANT,
    reported=text(_REPORTER) != "fill",
)
_VERIFIED = Series(
    id="west_bank", day="report_date", start=START, place=_WEST_BANK, claimant=constant("OCHA")
)


def _displaced(column: str, counts: str, unit: str, of_whom: OfWhom = ANYONE) -> TableMap:
    fields = {
        **{name: constant(value) for name, value in of_whom.items()},
        **_FLASH.since_start(),
        "measure": constant("flow"),
        "category": constant("new_displacement"),
        "counts": constant(counts),
        "unit": constant(unit),
        "origin_location_code": constant("PSE"),
    }
    return _FLASH.figure(column, "displacement", COMPARED, fields)


def _verified(column: str, harm: str, of_whom: OfWhom) -> TableMap:
    if column.endswith("_cum"):
        return cumulative(_VERIFIED, column, harm, of_whom=of_whom)
    return of_the_day(_VERIFIED, column, harm, date("report_date"), constant("day"), of_whom=of_whom)


_FIGURES: dict[str, TableMap] = {
    "killed_cum": cumulative(_FLASH, "killed_cum", "killed", RECOMMENDED),
    "killed_children_cum": cumulative(_FLASH, "killed_children_cum", "killed", of_whom=CHILD),
    "injured_cum": cumulative(_FLASH, "injured_cum", "injured", RECOMMENDED),
    "injured_children_cum": cumulative(_FLASH, "injured_children_cum", "injured", of_whom=CHILD),
    **{
        f"verified.{harm}{whom}{ending}": _verified(
            f"verified.{harm}{whom}{ending}", harm, CHILD if whom else ANYONE
        )
        for harm in ("killed", "injured")
        for whom in ("", "_children")
        for ending in ("", "_cum")
    },
    "settler_attacks_cum": _FLASH.figure(
        "settler_attacks_cum",
        "indicators",
        COMPARED,
        {"indicator": constant("attacks"), "unit": constant("event"), **_FLASH.since_start()},
    ),
    "displaced_households_cum": _displaced("displaced_households_cum", "households", "household"),
    "displaced_persons_cum": _displaced("displaced_persons_cum", "people", "person"),
    "displaced_children_cum": _displaced("displaced_children_cum", "people", "person", CHILD),
}
# Gives no row: a reporter that is not known rejects its row.
_KNOWN_REPORTER = TableMap(
    "casualties", {**_FIGURES["killed_cum"].columns, "claimed_by": _CLAIMANT}, where=pl.lit(False)
)

LAYOUT = Layout(
    id="west_bank",
    title="daily casualties, West Bank",
    key=_FLASH.key,
    maps=(*_FIGURES.values(), _KNOWN_REPORTER),
    optional=frozenset(set(_FIGURES) - {"killed_cum", "injured_cum"}),
    not_carried={"completed": "the compiler's own workflow"},
    measures=measured(_FIGURES),
    notes=(
        (
            "the cumulative killed and injured of OCHA's flash updates are recommended for their day: they contain the "
            "earlier ones and are differenced, never summed; figures that OCHA verified stand beside them until late 2024"
        ),
        "days marked 'fill' had no update: their figures are the compiler's estimates",
        (
            "displaced people and settler attacks are counted since 7 October 2023 and never recommended: each contains "
            "the earlier ones"
        ),
    ),
)
