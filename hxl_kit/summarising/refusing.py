"""Sums that are not made: what they would count twice or mix, and what to ask instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard.guards import guard as guard_of
from hxl_kit.summarising.answer import SHOWN, Refusal
from hxl_kit.summarising.within import nested_categories
from hxl_kit.summarising.words import digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hxl_kit.summarising.request import Request

Keys = dict[int, dict[str, str | None]]

_WHY = {
    "G4": "figures of one overlap group, or of one source, place and period, count some of the same",
    "G6": "figures of one source whose places or periods overlap may count the same",
    "G7": "figures of categories that overlap count some of the same",
    "G9": "parts by sex and age that overlap count some of the same",
    "G12": "figures of different sources, or about one event, whose places and periods meet may count the same",
}
_ANSWER = "; not added: the sum runs from the largest lower bound to the sum of the upper ones"
_INSTEAD = {
    "G4": "recommend one figure of the group, or take one with --where",
    "G6": "take one kind of place or period with --where",
    "G9": "add by sex or age_group with --by, or take one with --where",
    "G11": "read the figures again in their source; they are left out until then",
}


def refusal(
    guard: str, key: dict[str, str | None], ids: Iterable[str], reason: str, instead: str = ""
) -> Refusal:
    """Return a refusal that lists the first rows; what to do instead is the guard's, unless given."""
    rows = sorted(set(ids))
    told = instead or _INSTEAD.get(guard, guard_of(guard).instead)
    return Refusal(guard, key, tuple(rows[:SHOWN]), len(rows), reason, told)


def shared(terms: pl.DataFrame, rows: pl.DataFrame, keys: Keys) -> Iterator[Refusal]:
    """Yield a refusal per group and guard of rows (`index`, `guard`) that may count the same."""
    found = (
        rows.select("index", "guard")
        .join(terms.select("index", "group", "id", "source_id"), on="index")
        .group_by("group", "guard")
        .agg("id", pl.col("source_id").unique().sort())
        .sort("group", "guard")
    )
    for group, guard, ids, sources in found.iter_rows():
        instead = _by_source(sources) if guard == "G12" else ""
        yield refusal(guard, keys[group], ids, _WHY[guard] + _ANSWER, instead)


def compared(terms: pl.DataFrame, counted: pl.DataFrame, keys: Keys) -> Iterator[Refusal]:
    """Yield a refusal per group of what other sources say of the same as a counted figure, kept for comparison."""
    about = ["group", "overlap_group"]
    own = counted.drop_nulls("overlap_group").select(*about, "source_id")
    others = terms.filter(pl.col("role").ne_missing("recommended"))
    others = others.join(own, on=about, how="semi").join(own, on=[*about, "source_id"], how="anti")
    at_least = pl.coalesce("low", "value").max()
    found = others.group_by("group").agg("id", largest=at_least, sources=pl.col("source_id").n_unique())
    for group, ids, largest, sources in found.sort("group").iter_rows():
        documents = "another source says" if sources == 1 else f"{sources} other sources say"
        up_to = f"; the largest of them says {digits(largest)}" if largest is not None else ""
        reason = (
            f"what {documents} of the same, kept for comparison, is not added to the figure that is counted"
        )
        yield refusal(
            "G12", keys[group], ids, reason + up_to, "compare them with it: they stand in the table"
        )


def _by_source(sources: list[str]) -> str:
    named = ",".join(sources[:SHOWN])
    if len(sources) == 1:
        return guard_of("G12").instead
    return f"--by source_id, or --where source_id={sources[0]}; --disjoint {named} if they are known to count different people"


def entangled(terms: pl.DataFrame, groups: Iterable[int], keys: Keys) -> Iterator[Refusal]:
    """Yield a refusal of groups whose figures overlap too much to find the largest sum."""
    reason = "so many figures may count the same that the largest sum of those that do not cannot be found for certain"
    for group in sorted(groups):
        rows = terms.filter(group=group)
        instead = "--where on one source, place or time, or --by source_id"
        yield refusal("G12", keys[group], rows["id"], reason, instead)


def over_dates(terms: pl.DataFrame, keys: Keys) -> Iterator[tuple[int, Refusal]]:
    """Yield, with its group, a refusal of stocks of several dates (guard G2)."""
    stocks = terms.filter(measure="stock").group_by("group").agg("id", dates=pl.col("as_of").unique().sort())
    for group, ids, dates in stocks.filter(pl.col("dates").list.len() > 1).sort("group").iter_rows():
        named = ", ".join(str(date) for date in dates[:SHOWN]) + (" …" if len(dates) > SHOWN else "")
        reason = f"stocks of {len(dates)} dates are not added: {named}"
        yield group, refusal("G2", keys[group], ids, reason, f"--by as_of, or --where as_of={dates[-1]}")


def misfits(terms: pl.DataFrame, dropped: pl.DataFrame, keys: Keys) -> Iterator[Refusal]:
    """Yield a refusal per group of figures that cannot be used as they are: bounds (G11), dates (G1)."""
    wrong = dropped.filter(pl.col("guard").is_in(["G1", "G11"])).join(terms.select("index", "id"), on="index")
    found = wrong.group_by("group", "guard", "reason").agg("id").sort("group", "guard", "reason")
    for group, guard, reason, ids in found.iter_rows():
        yield refusal(guard, keys[group], ids, f"left out: {reason}")


def categories(terms: pl.DataFrame, keys: Keys) -> Iterator[Refusal]:
    """Yield a refusal per group of a source's categories that hold one another, with what adding would repeat (G7)."""
    about = ["group", "source_id", "scheme", "whole"]
    found = (
        nested_categories(terms)
        .group_by(about)
        .agg(pl.col("id", "whole_id"), part=pl.col("value").sum(), most=pl.col("whole_value").sum())
    )
    for group, _, scheme, whole, ids, whole_ids, part, most in found.sort(about).iter_rows():
        reason = (
            f"{scheme} lies within {whole}: their sum would count {digits(part)} of {digits(most)} a second time; "
            f"{whole} alone is counted"
        )
        yield refusal("G7", keys[group], [*ids, *whole_ids], reason)


def units(terms: pl.DataFrame, request: Request, keys: Keys) -> Iterator[Refusal]:
    """Yield a refusal per kind of figure that counts people, movements, households or cases side by side (G8)."""
    column = "counts" if "counts" in request.shape.kinds else "unit"
    if column in request.fixed or column not in request.shape.kinds:
        return
    mixed = ("counts", "unit")
    kinds = [f"key:{name}" for name in next(iter(keys.values()), {}) if name not in mixed]
    found = terms.group_by(kinds).agg("id", "group", what=pl.col(column).drop_nulls().unique().sort())
    several = found.filter(pl.col("what").list.len() > 1).sort(kinds)
    for row in several.iter_rows(named=True):
        key = {name: value for name, value in keys[row["group"][0]].items() if name not in mixed}
        reason = f"{', '.join(row['what'])} are different things: each is summed apart"
        sized = {"households", "household"} & set(row["what"])
        yield refusal(
            "G8", key, row["id"], reason, "--household-size N turns households into persons" if sized else ""
        )


def parts_above(terms: pl.DataFrame, above: list[int], keys: Keys) -> Iterator[Refusal]:
    """Yield a refusal per group of figures whose parts are more than the whole that holds them (G9)."""
    found = terms.filter(pl.col("index").is_in(above)).group_by("group").agg("id").sort("group")
    reason = "the parts are more than the figure that holds them: the sum counts the larger, and is not exact"
    for group, ids in found.iter_rows():
        yield refusal("G9", keys[group], ids, reason, guard_of("G9").instead)
