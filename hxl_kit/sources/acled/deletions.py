"""ACLED's lists of deleted events: identifier and Unix time of deletion, which become retractions."""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, context, day, epoch_day, joined, text
from hxl_kit.sources.acled._codes import CLAIMANT, NOTHING
from hxl_kit.sources.definition import Layout, TableMap

_RETRACTED = joined("acled", text("event_id_cnty"))

DELETIONS = Layout(
    id="deletions",
    title="list of deleted events",
    # An event and its deletion may come together: they are told apart.
    key=joined(text("event_id_cnty"), "deleted"),
    maps=(
        TableMap(
            "claims",
            {
                "claim_id": joined("acled", text("event_id_cnty"), "deleted"),
                "source_id": context("source_id"),
                "claimant": CLAIMANT,
                "stance": constant("retracts"),
                "about_table": constant("events"),
                "about_id": _RETRACTED,
                "aspect": constant("occurrence"),
                "claim_date": pl.coalesce(epoch_day("deleted_timestamp"), day("deleted_timestamp")),
            },
        ),
    ),
    missing=NOTHING,
    notes=(
        "a deleted event is to be taken out of earlier packages: about_id names it; the provider gives no reason",
    ),
    any_case=True,
)
