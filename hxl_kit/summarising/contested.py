"""Who denies, disputes, takes back or confirms the figures of a group, and what about them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hxl_kit.summarising.answer import Statement

_ABOUT = "about_table"
_AGAINST = ("denies", "disputes", "retracts")
_STANCES = (*_AGAINST, "confirms")


@dataclass(frozen=True)
class Told:
    """By group, the statements against its figures and those that confirm them."""

    against: dict[int, list[Statement]]
    confirming: dict[int, list[Statement]]


def statements(terms: pl.DataFrame, claims: pl.DataFrame, table: str, counted: pl.Series) -> Told:
    """Return what is told of the figures of each group, in the order of ids; `counted` are the figures in the sums.

    A statement is about a figure, or about the event of a figure. A denial of intent leaves the number as it is.
    """
    told = claims.filter(pl.col("stance").is_in(_STANCES))
    own = terms.join(told.filter(pl.col(_ABOUT) == table), left_on="id", right_on="about_id")
    events = told.filter(pl.col(_ABOUT) == "events") if table != "events" else told.clear()
    of_events = terms.filter(pl.col("event_id").is_not_null()).join(
        events, left_on="event_id", right_on="about_id"
    )
    columns = ["group", "id", "index", "stance", "aspect", "claimant", "claim_id", _ABOUT]
    found = pl.concat([own.select(columns), of_events.select(columns)]).sort("group", "id", "claim_id")
    found = found.with_columns(counted=pl.col("index").is_in(counted.implode()))
    told_of = Told({}, {})
    for (group,), rows in found.group_by("group", maintain_order=True):
        listed = [
            Statement(*row)
            for row in rows.select(
                "id", "stance", "aspect", "claimant", "claim_id", _ABOUT, "counted"
            ).iter_rows()
        ]
        told_of.against[int(group)] = [s for s in listed if s.stance in _AGAINST]
        told_of.confirming[int(group)] = [s for s in listed if s.stance not in _AGAINST]
    return told_of
