"""The event data as statistics packages pass them on: 14 columns, dates in three parts, kinds of violence in words."""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, derived, folded_code, number, text
from hxl_kit.sources._blocks import country
from hxl_kit.sources.definition import Layout, TableMap
from hxl_kit.sources.ucdp_ged import _figures as ged

_FIGURES = ("low_death", "best_death", "high_death")
_PARTS = [text(column).str.strip_suffix(".0").str.zfill(2) for column in ("year", "month", "day")]
_DAY = pl.concat_str(_PARTS, separator="-").str.to_date("%Y-%m-%d", strict=False)
# A date that is none leaves the required precision empty, so that the row is rejected.
_PERIOD: dict[str, pl.Expr] = {
    "date_start": derived(_DAY),
    "date_precision": pl.when(_DAY.is_not_null()).then(pl.lit("unknown")),
}
_PLACE: dict[str, pl.Expr] = {
    **country(folded_code("country", "ucdp_ged-location"), provider_name=text("country")),
    "latitude": number("latitude"),
    "longitude": number("longitude"),
    "geo_precision": constant("unknown"),
    "pcode_method": constant("none"),
}

DERIVED = Layout(
    id="derived",
    title="derived file of 14 columns",
    key=text("id"),
    maps=(
        TableMap(
            "events",
            {**ged.event(*_FIGURES), **_PERIOD, **_PLACE, "is_aggregate": constant(value=False)},
        ),
        ged.all_killed(*_FIGURES, {**_PERIOD, **_PLACE}),
    ),
    measures=ged.measures(*_FIGURES),
    notes=(
        (
            "a derived file, not UCDP's own: it has only the first day of each event and not how finely day and place "
            "are known (date_precision and geo_precision are unknown, date_end is empty); use the event file from "
            "https://ucdp.uu.se/downloads/ where these matter"
        ),
        (
            "it does not tell who the dead were (sides, civilians, unknown), nor which rows stand for several events "
            "(is_aggregate is false throughout), and it may be a selection: nothing in it says which events were left out"
        ),
    ),
)
