"""What two figures beside each other say of the same people: pairs of rows with the columns of both, `b`'s with `_b`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard.guards import nestings
from hxl_kit.summarising.meeting import Place
from hxl_kit.summarising.terms import CODES, SPOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.summarising.shapes import Shape

_COMPARED = (
    *("single", "counting", "event_id", "source_id", "start", "end", "geo_precision", "overlap_group"),
    *SPOT,
)
_NAMES = tuple(
    pl.coalesce(code, "~" + pl.col(name))
    for code, name in (("admin1_code", "provider_admin1_name"), ("admin2_code", "provider_admin2_name"))
)
PLACE = Place((pl.col(CODES[0]), *_NAMES, pl.col(CODES[3])), unknown_meets_all=False)
"""The place of a figure among those of its own source: by its codes, or by its own names."""

_SPOTS = ("exact", "near")
_AREAS = (*_SPOTS, "linear", "vague_area", "international")
_OPEN = {"person_status": ("unknown", "mixed"), "age_group": ("other",)}
"""Codes that may stand for any other: people of unknown status may be civilians."""


def side_by_side(pairs: pl.DataFrame, terms: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Return the columns of both rows of each pair, those of `b` with `_b`."""
    columns = [
        pl.col("index"),
        PLACE.path().alias("path"),
        *(pl.col(c) for c in dict.fromkeys((*_COMPARED, *shape.coded, *shape.free))),
    ]
    named = pl.concat([pairs["a"], pairs["b"]]).unique()
    rows = terms.filter(pl.col("index").is_in(named.implode())).select(columns)
    return pairs.join(rows, left_on="a", right_on="index").join(
        rows.rename({c: f"{c}_b" for c in rows.columns}), left_on="b", right_on="index_b"
    )


def equal_time() -> pl.Expr:
    """Return whether both have the same period."""
    return pl.all_horizontal(pl.col(c).eq_missing(pl.col(f"{c}_b")) for c in ("start", "end"))


def same_spot() -> pl.Expr:
    """Return whether both have the same place, down to its name and coordinates."""
    same = [pl.col(c).eq_missing(pl.col(f"{c}_b")) for c in SPOT]
    return pl.all_horizontal(*same, pl.col("path") == pl.col("path_b"))


def holds_place() -> pl.Expr:
    """Return whether the place of `a` holds that of `b`, whose path leads through it: a whole unit, or the same."""
    vague = pl.col("geo_precision").is_in(_AREAS).fill_null(value=False)
    return same_spot() | (pl.col("place_name").is_null() & ~_is_spot("") & ~vague)


def apart() -> pl.Expr:
    """Return whether a source tells the places of both apart, or puts both into overlap groups, but not into one."""
    groups = (pl.col("overlap_group") != pl.col("overlap_group_b")).fill_null(value=False)
    return (_is_named("") & _is_named("_b") & ~same_spot()) | (groups & equal_time() & same_spot())


def _is_spot(side: str) -> pl.Expr:
    """Return whether a place is a spot: told as one, or with coordinates that are no unit's centre."""
    precision, latitude = pl.col(f"geo_precision{side}").fill_null("unknown"), pl.col(f"latitude{side}")
    return precision.is_in(_SPOTS) | (latitude.is_not_null() & (precision == "unknown"))


def _is_named(side: str) -> pl.Expr:
    """Return whether a place is one of a list: a source that recommends figures of two of them tells them apart."""
    return _is_spot(side) | pl.col(f"place_name{side}").is_not_null()


def differ(columns: Sequence[str]) -> pl.Expr:
    """Return whether both differ in any of the columns."""
    return pl.any_horizontal(pl.lit(value=False), *(pl.col(c).ne_missing(pl.col(f"{c}_b")) for c in columns))


def holds_time(a: str, b: str) -> pl.Expr:
    """Return whether the period of one side, "" or "_b", holds that of the other, or is the same.

    An end that is not known may lie anywhere: such a period holds no other one for certain. Of two cumulative
    figures since one day the one without a last day is the running one.
    """
    start, end = pl.col(f"start{a}"), pl.col(f"end{a}")
    within = (start <= pl.col(f"start{b}")) & (end >= pl.col(f"end{b}"))
    cumulative = (pl.col("counting") == "cumulative") & (pl.col("counting_b") == "cumulative")
    running = cumulative & (start == pl.col(f"start{b}")) & end.is_null()
    return equal_time() | within.fill_null(value=False) | running.fill_null(value=False)


def holds(shape: Shape, a: str, b: str) -> pl.Expr:
    """Return whether the people of `a` are all of those of `b`, by what the columns say."""
    equal = [(pl.col(f"{c}{a}").eq_missing(pl.col(f"{c}{b}")), c) for c in (*shape.coded, *shape.free)]
    coded, free = equal[: len(shape.coded)], equal[len(shape.coded) :]
    tests = [same | (pl.col(f"{c}{a}") == "all").fill_null(value=False) for same, c in coded]
    tests += [same | pl.col(f"{c}{a}").is_null() for same, c in free]
    return pl.all_horizontal(pl.lit(value=True), *tests)


def meets(shape: Shape) -> pl.Expr:
    """Return whether some people may be counted by both."""
    tests = [may_share(c) for c in shape.coded] + [_equal_or_open(c) for c in shape.free]
    return pl.all_horizontal(pl.lit(value=True), *tests)


def may_share(column: str) -> pl.Expr:
    """Return whether the codes of both may stand for some of the same people."""
    wide = ("all", *_OPEN.get(column, ()))
    either = pl.any_horizontal(pl.col(f"{column}{s}").is_in(wide) for s in ("", "_b"))
    return (_equal_or_open(column) | either | _nested_either(column)).fill_null(value=True)


def _equal_or_open(column: str) -> pl.Expr:
    a, b = pl.col(column), pl.col(f"{column}_b")
    return (a == b).fill_null(value=True)


def _nested_either(column: str) -> pl.Expr:
    """Return whether one side's code lies within the other's (schemas/nesting.csv)."""
    pairs = [f"{a}\x1f{b}" for n in nestings(column) for a, b in ((n.part, n.whole), (n.whole, n.part))]
    return (pl.col(column) + "\x1f" + pl.col(f"{column}_b")).is_in(pairs).fill_null(value=False)
