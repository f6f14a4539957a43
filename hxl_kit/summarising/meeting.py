"""Which pairs of figures meet in place and period: found by joins on places and stretches of time.

A place is a path of codes (country, admin 1, 2, 3). Two places meet where one path leads to the other; so each
figure is joined with those at its own place and above it. Periods are cut into stretches of days, so that only
figures of the same stretch are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from hxl_kit.errors import DataError

EVER = 3_000_000
"""Days from 1970 beyond any date: what stands for an open end."""

MOST_CANDIDATES = 30_000_000
_WIDTHS = (31, 366, 3_660, 2 * EVER)
_SPREAD = 4
SEPARATOR = "\x1f"
_SOMEWHERE = "?"
PAIRS = pl.Schema({"a": pl.UInt32, "b": pl.UInt32})


class TooManyPairsError(DataError):
    """So many figures meet that comparing them would take too long."""


@dataclass(frozen=True)
class Place:
    """How the place of a figure is read.

    Attributes:
        levels: by level from the country down, the text that names the unit.
        unknown_meets_all: whether a figure without a country may be anywhere, or is somewhere of its own.
    """

    levels: tuple[pl.Expr, ...]
    unknown_meets_all: bool = field(default=True)

    def path(self) -> pl.Expr:
        """Return the path down to the last level before a gap, "" where not even the country is known."""
        known = pl.lit(value=True)
        parts: list[pl.Expr] = []
        for level in self.levels:
            known &= level.is_not_null()
            parts.append(pl.when(known).then(level + SEPARATOR).otherwise(pl.lit("")))
        path = pl.concat_str(parts)
        return (
            path if self.unknown_meets_all else pl.when(path == "").then(pl.lit(_SOMEWHERE)).otherwise(path)
        )


def spans() -> tuple[pl.Expr, pl.Expr]:
    """Return first and last day as numbers: an open end lies beyond every date, a period that ends first is unknown."""
    start, end = pl.col("start"), pl.col("end")
    turned = (start > end).fill_null(value=False)
    return (
        pl.when(~turned).then(start).fill_null(-EVER).alias("start"),
        pl.when(~turned).then(end).fill_null(EVER).alias("end"),
    )


def meeting(uppers: pl.DataFrame, lowers: pl.DataFrame, same: str) -> pl.DataFrame:
    """Return the pairs of which the place of `a`, of `uppers`, holds that of `b`, of `lowers`, and periods meet.

    Both frames have `row`, `path`, `start`, `end` (days, never null) and a column `same` that must be equal. Where
    both rows of a pair are in both frames and at the same place, the pair is given both ways.

    Raises:
        TooManyPairsError: there are too many to compare.
    """
    if uppers.is_empty() or lowers.is_empty():
        return pl.DataFrame(schema=PAIRS)
    low, high = _known_days(uppers, lowers)
    clip = [pl.col("start").clip(low, high).alias("from"), pl.col("end").clip(low, high).alias("to")]
    width = _width(pl.concat([f.select(clip) for f in (uppers, lowers)]))
    a, b = (_cut(frame.with_columns(clip), width) for frame in (uppers, lowers))
    a = a.with_columns(pl.col("path").hash())
    b = b.join(_places_above(b["path"].unique()), on="path").with_columns(path="above")
    keys = [same, "path", "stretch"]
    require_few(a, b, keys)
    # A pair is taken in one stretch: that in which the later of the two begins.
    begins = pl.max_horizontal("from", "from_right") // width
    return (
        a.join(b, on=keys)
        .filter(
            pl.col("row") != pl.col("row_right"),
            pl.col("start") <= pl.col("end_right"),
            pl.col("start_right") <= pl.col("end"),
            pl.col("stretch") == begins,
        )
        .select(a=pl.col("row").cast(pl.UInt32), b=pl.col("row_right").cast(pl.UInt32))
    )


def _known_days(*frames: pl.DataFrame) -> tuple[int, int]:
    """Return the first and last day that any figure names."""
    days = pl.concat([pl.concat([f["start"], f["end"]]) for f in frames])
    known = days.filter(days.abs() < EVER)
    if known.is_empty():
        return 0, 0
    return int(known.min()), int(known.max())  # type: ignore[arg-type]


def _width(periods: pl.DataFrame) -> int:
    """Return the shortest stretch that cuts most periods into few."""
    for width in _WIDTHS:
        stretches = periods.select((pl.col("to") // width - pl.col("from") // width + 1).sum()).item()
        if stretches <= _SPREAD * periods.height:
            return width
    return _WIDTHS[-1]


def _cut(frame: pl.DataFrame, width: int) -> pl.DataFrame:
    stretches = pl.int_ranges(pl.col("from") // width, pl.col("to") // width + 1, dtype=pl.Int64)
    return frame.with_columns(stretch=stretches).explode("stretch")


def _places_above(paths: pl.Series) -> pl.DataFrame:
    """Return each path with the hash of itself, of each path above it, and of "anywhere" (`above`)."""
    levels = pl.col("path").str.count_matches(SEPARATOR)
    steps = pl.col("path").str.split(SEPARATOR).list.head(levels)
    listed = (
        paths.to_frame("path").with_columns(steps=steps, depth=pl.int_ranges(0, levels + 1)).explode("depth")
    )
    ends = pl.when(pl.col("depth") > 0).then(pl.lit(SEPARATOR)).otherwise(pl.lit(""))
    above = pl.col("steps").list.head("depth").list.join(SEPARATOR) + ends
    # A place of its own is above itself alone.
    above = pl.when(pl.col("path") == _SOMEWHERE).then("path").otherwise(above)
    return listed.select("path", above=above.hash())


def require_few(a: pl.DataFrame, b: pl.DataFrame, keys: list[str]) -> None:
    """Refuse a join that would compare too many pairs.

    Raises:
        TooManyPairsError: there are more than `MOST_CANDIDATES`.
    """
    counts = [frame.group_by(keys).agg(pl.len().cast(pl.Float64)) for frame in (a, b)]
    number = counts[0].join(counts[1], on=keys).select((pl.col("len") * pl.col("len_right")).sum()).item()
    if number > MOST_CANDIDATES:
        raise TooManyPairsError("too many figures meet in place and period to compare them pair by pair")
