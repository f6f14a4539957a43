"""From a package and a question to the answer: select, leave out, compare, add, and say what was not done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.summarising import refusing
from hxl_kit.summarising.adding import Added, add, in_groups
from hxl_kit.summarising.answer import Refusal, Summary
from hxl_kit.summarising.contested import statements
from hxl_kit.summarising.groups import Groups, excluded
from hxl_kit.summarising.leaving_out import LEFT_OUT, left_out, read_claims
from hxl_kit.summarising.parts import incomplete
from hxl_kit.summarising.series import one_of_each_series
from hxl_kit.summarising.tables import read
from hxl_kit.summarising.terms import grouped, has_number, read_events, read_terms, with_events
from hxl_kit.summarising.within import OVERLAPS, overlaps

if TYPE_CHECKING:
    from hxl_kit.reading.packages import Package
    from hxl_kit.summarising.request import Request

_HELD = {
    "G6": "within a wider figure of the same source or event (place, period, aggregate event), which is counted",
    "G7": "of a category that lies within another one, which is counted",
    "G9": "a part by sex or age of a total, which is counted",
    "G4": "within another figure of the same source, which is counted",
}


def summarise(package: Package, request: Request) -> Summary:
    """Return the sums that a question asks for, as intervals under the guards, and what was refused.

    Raises:
        InputError: the package has no such table, or it cannot be read.
        UsageError: the question names a source that the table does not have.
    """
    if request.table not in package.tables:
        held = ", ".join(name for name in package.tables) or "none"
        raise InputError(f"{package.folder}: has no table '{request.table}'; its tables: {held}")
    return _answer(_asked(package, request), request)


@dataclass(frozen=True)
class _Asked:
    """The rows in question, the groups they are of, and the tables that say more of them."""

    terms: pl.DataFrame
    groups: pl.DataFrame
    events: pl.DataFrame
    claims: pl.DataFrame
    replaced: pl.DataFrame

    @property
    def keys(self) -> refusing.Keys:
        """By the number of a group, its key fields."""
        names = [name for name in self.groups.columns if name != "group"]
        return {
            row["group"]: {name: row[name] for name in names} for row in self.groups.iter_rows(named=True)
        }


def _asked(package: Package, request: Request) -> _Asked:
    events = read_events(package)
    terms, groups = grouped(with_events(read_terms(package, request), events), request)
    publishers = read(package, "sources", ("source_id", "publisher")).unique("source_id", keep="first")
    terms = terms.join(publishers, on="source_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("publisher", "source_id").alias("publisher")
    )
    replaced = read(package, request.table, ("supersedes",), (request.shape.id,)).rename(
        {request.shape.id: "id"}
    )
    return _Asked(terms, groups, events, read_claims(package), replaced.drop_nulls("supersedes"))


@dataclass(frozen=True)
class _Compared:
    """The rows that may be counted, with `held`, the pairs that are not added, and what was left out on the way."""

    terms: pl.DataFrame
    pairs: pl.DataFrame
    dropped: pl.DataFrame
    partial: pl.Series
    entangled: set[int]


def _compared(asked: _Asked, request: Request) -> _Compared:
    out = left_out(asked.terms, asked.claims, asked.replaced, request.table)
    kept = asked.terms.join(out, on="index", how="anti", maintain_order="left")
    kept, earlier = one_of_each_series(kept, request)
    pairs, entangled = in_groups(
        kept.filter(has_number()),
        lambda rows: overlaps(rows, asked.events, request),
        pl.DataFrame(schema=OVERLAPS),
    )
    held = pairs.filter(relation="contains").unique("b", keep="first", maintain_order=True)
    kept = kept.with_columns(held=pl.col("index").is_in(held["b"].implode()))
    partial = incomplete(kept.filter(~pl.col("held")), request)
    part = pl.col("index").is_in(partial.implode())
    kept = kept.with_columns(high=pl.when(~part).then("high"), exact=pl.col("exact") & ~part)
    return _Compared(kept, pairs, pl.concat([out, earlier, _held(held, kept)]), partial, entangled)


def _held(held: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    reason = pl.col("guard").replace_strict(_HELD, default=_HELD["G4"], return_dtype=pl.String)
    joined = held.join(terms.select("index", "group"), left_on="b", right_on="index")
    return joined.select("group", index="b", guard="guard", reason=reason).cast(LEFT_OUT)


def _answer(asked: _Asked, request: Request) -> Summary:
    found = _compared(asked, request)
    added = add(found.terms, found.pairs, request.apart, found.entangled)
    keys = asked.keys
    over_dates = dict(refusing.over_dates(found.terms, keys))
    sums = {group: interval for group, interval in added.sums.items() if group not in over_dates}
    counted = found.terms.filter(~pl.col("held"))
    entangled = set(counted["group"]) - set(added.sums)
    shared = _shared(found, added, entangled | set(over_dates))
    refused = [
        *over_dates.values(),
        *refusing.misfits(asked.terms, found.dropped, keys),
        *refusing.shared(found.terms, shared, keys),
        *refusing.compared(asked.terms, counted, keys),
        *refusing.parts_above(found.terms, added.above, keys),
        *refusing.categories(asked.terms, keys),
        *refusing.units(counted, request, keys),
        *refusing.entangled(counted, entangled, keys),
    ]
    unsure = pl.concat([shared["index"], pl.Series("index", added.above, pl.UInt32)])
    told = statements(asked.terms, asked.claims, request.table, counted["index"])
    groups = Groups(request, keys, counted, found.partial, sums, unsure).described(
        told, excluded(asked.terms, found.dropped)
    )
    split_by = tuple(name for name in request.shape.kinds if name not in request.by)
    return Summary(request.table, split_by, groups, tuple(sorted(refused, key=_order)))


def _order(refusal: Refusal) -> tuple[int, list[tuple[str, str]], str]:
    return int(refusal.guard[1:]), [(k, v or "") for k, v in refusal.group.items()], refusal.reason


def _shared(found: _Compared, added: Added, without: set[int]) -> pl.DataFrame:
    """Return the counted rows (`index`, `group`, `guard`) that may count the same as another, where a sum was made."""
    counted = found.terms.filter(~pl.col("held"), ~pl.col("group").is_in(sorted(without)))
    pairs = pl.concat(
        [
            found.pairs.filter(relation="meets").select("a", "b", "guard"),
            added.crossing.select("a", "b", guard=pl.lit("G12")),
        ]
    )
    for end in ("a", "b"):
        pairs = pairs.join(counted.select(pl.col("index").alias(end)), on=end, how="semi")
    rows = pl.concat([pairs.select("guard", index="a"), pairs.select("guard", index="b")]).unique()
    # Of a node one row was compared for all.
    nodes = rows.join(added.nodes, on="index").select("guard", "node").unique()
    members = nodes.filter(guard="G12").join(added.nodes, on="node").select("guard", "index")
    everyone = pl.concat([rows.select("guard", "index"), members]).unique()
    return everyone.join(counted.select("index", "group"), on="index")
