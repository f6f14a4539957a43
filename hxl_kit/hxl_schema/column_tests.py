"""Tests on whole columns: what goes together, of one type, rarely spelt so, or far from the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.hxl_schema.cells import folded, numbers, spaced
from hxl_kit.hxl_schema.dates import read_dates
from hxl_kit.hxl_schema.finding import Said
from hxl_kit.hxl_schema.part import (
    BROKEN,
    MARKS,
    Column,
    Part,
    alike,
    marks,
    together,
)
from hxl_kit.hxl_schema.part import (
    selected as those_selected,
)
from hxl_kit.hxl_schema.row_tests import missing_columns, row_keys
from hxl_kit.hxl_schema.suggesting import closest
from hxl_kit.hxl_schema.testing import NotCheckedError, Test
from hxl_kit.reading.table import ROW_NUMBER, VISIBLE
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.standard.tags import TagPattern

UNLIKE_TYPES = {
    ("text", "number"): N_("is text, and most cells of this tag are numbers"),
    ("text", "date"): N_("is text, and most cells of this tag are dates"),
    ("number", "text"): N_("is a number, and most cells of this tag are text"),
    ("number", "date"): N_("is a number, and most cells of this tag are dates"),
    ("date", "text"): N_("is a date, and most cells of this tag are text"),
    ("date", "number"): N_("is a date, and most cells of this tag are numbers"),
}
RARE_SPELLING = N_("is rare here and near to a common spelling")
FAR_NUMBER = N_("is far from the other numbers of this tag")
UNLIKE_ITS_KEY = N_("is another value than most rows with the same key have")
MANY_SPELLINGS = N_("was not checked: {rare} rare and {common} common spellings are too many to compare")
COMPARED = 50_000_000
"""So many pairs of spellings are compared, which takes some seconds."""

RARE = 0.05
"""A spelling is rare below this share of the mean frequency of the column's spellings."""

TRIMMED_FROM = 10
"""From so many values on, the least and the greatest do not count towards mean and deviation."""

DEVIATIONS = 3
"""An outlier is farther from the mean than so many standard deviations."""


@dataclass(frozen=True)
class WholeColumn(Test):
    """A test that has to see all of a column."""

    def whole(self, selected: Sequence[Column]) -> bool:
        """Return True where there is a column."""
        return bool(selected)

    def found(self, part: Part, selected: Sequence[Column]) -> pl.DataFrame:
        """Return the marks on columns of one tag, taken together."""
        return together([self.among(part, group) for group in alike(selected)])

    def among(self, part: Part, group: Sequence[Column]) -> pl.DataFrame:
        """Return the marks on a group of columns with the same tag."""
        counts = _counts(part, group)
        broken = self.unlike(counts, group[0])
        return together([part.marked(column, broken) for column in group])

    def unlike(self, counts: pl.DataFrame, column: Column) -> pl.DataFrame:
        """Return which of the different cells (`cell`, `times`, in the order of their first row) are wrong."""
        del counts, column
        return pl.DataFrame(schema=BROKEN)


def _counts(part: Part, group: Sequence[Column]) -> pl.DataFrame:
    """Return the different filled cells of columns, how often each is there, and its first row."""
    each = [
        part.frame.lazy()
        .select(pl.col(column.name).alias("cell"), ROW_NUMBER)
        .group_by("cell")
        .agg(pl.len().alias("times"), (pl.col(ROW_NUMBER).min() * 1.0 + n / len(group)).alias("place"))
        for n, column in enumerate(group)
    ]
    both = pl.concat(each).group_by("cell").agg(pl.col("times").sum(), pl.col("place").min())
    return both.filter(pl.col("cell").str.contains(VISIBLE)).sort("place").collect()


@dataclass(frozen=True)
class ConsistentType(WholeColumn):
    """`#valid_datatype+consistent`: all cells of a tag are dates (of `#date`), numbers or text, as most are."""

    slug = "hxl-consistent"

    def unlike(self, counts: pl.DataFrame, column: Column) -> pl.DataFrame:
        """Return the cells of another type than the commonest; of two equally common ones the first stands."""
        cells = counts["cell"]
        date = (
            read_dates(cells)["text"].is_not_null()
            if column.is_date
            else pl.repeat(value=False, n=len(cells), eager=True)
        )
        kinds = counts.with_columns(
            date.alias("date"), numbers(cells).is_not_null().alias("number")
        ).with_columns(
            pl.when("date")
            .then(pl.lit("date"))
            .when("number")
            .then(pl.lit("number"))
            .otherwise(pl.lit("text"))
            .alias("kind")
        )
        totals = kinds.group_by("kind", maintain_order=True).agg(pl.col("times").sum())
        if totals.height < 2:  # noqa: PLR2004 - one kind
            return pl.DataFrame(schema=BROKEN)
        common = totals.sort("times", descending=True, maintain_order=True)["kind"][0]
        messages = {kind: said for (kind, most), said in UNLIKE_TYPES.items() if most == common}
        return kinds.filter(pl.col("kind") != common).select(
            "cell",
            pl.col("kind").replace(messages).alias("message"),
            pl.lit(None, pl.String).alias("suggested"),
        )


@dataclass(frozen=True)
class Spelling(WholeColumn):
    """`#valid_value+spelling`: a rare spelling that is near to a common one of the same tag.

    Rare is below a twentieth of the mean frequency, near at most a third of the letters away; where frequencies
    vary by more than their mean nothing is told.
    """

    slug = "hxl-spelling"
    case_sensitive: bool

    def unlike(self, counts: pl.DataFrame, column: Column) -> pl.DataFrame:
        """Return the rare cells that are probably slips, and the common spelling of each.

        Raises:
            NotCheckedError: there are too many different cells.
        """
        form = spaced if self.case_sensitive else folded
        cells = counts.with_columns(form(counts["cell"]).alias("form"))
        spellings = (
            cells.sort("times", descending=True, maintain_order=True)
            .group_by("form", maintain_order=True)
            .agg(pl.col("times").sum(), pl.col("cell").first().alias("common"), pl.col("place").min())
            .sort("place")
        )
        times = spellings["times"].cast(pl.Float64)
        mean = times.mean()
        if spellings.height < 2 or (times.std(ddof=0) or 0.0) > mean:  # type: ignore[operator]  # noqa: PLR2004
            return pl.DataFrame(schema=BROKEN)
        good = spellings.filter(times > mean * RARE)  # type: ignore[operator]
        rare = spellings.filter(~(times > mean * RARE))["form"]  # type: ignore[operator]
        written = dict(zip(good["form"], spaced(good["common"]), strict=True))
        known = list(written)
        if len(rare) * len(known) > COMPARED:
            raise NotCheckedError(Said(MANY_SPELLINGS, {"rare": len(rare), "common": len(known)}), column)
        meant = {word: near for word in rare if (near := closest(word, known)) is not None}
        slips = pl.DataFrame(
            {"form": list(meant), "suggested": [written[near] for near in meant.values()]},
            schema={"form": pl.String, "suggested": pl.String},
        )
        return cells.join(slips, on="form", how="inner").select(
            "cell", pl.lit(RARE_SPELLING).alias("message"), "suggested"
        )


@dataclass(frozen=True)
class Outliers(WholeColumn):
    """`#valid_value+outliers`: numbers more than three standard deviations from the mean of their tag.

    Where the deviation is larger than the mean nothing is told.
    """

    slug = "hxl-outlier"

    def unlike(self, counts: pl.DataFrame, column: Column) -> pl.DataFrame:  # noqa: ARG002
        """Return the cells that are outliers."""
        all_numbers = counts.with_columns(numbers(counts["cell"]).alias("number")).filter(
            pl.col("number").is_not_null()
        )
        if all_numbers.is_empty():
            return pl.DataFrame(schema=BROKEN)
        kept = _trimmed(all_numbers.sort("number"))
        number, times, size = pl.col("number"), pl.col("times"), pl.col("times").sum()
        mean = kept.select((number * times).sum() / size).item()
        deviation = kept.select((((number - mean) ** 2 * times).sum() / size).sqrt()).item()
        if mean and deviation / mean > 1:
            return pl.DataFrame(schema=BROKEN)
        far = all_numbers.filter((number - mean).abs() > deviation * DEVIATIONS)
        return far.select(
            "cell",
            pl.lit(FAR_NUMBER).alias("message"),
            pl.lit(None, pl.String).alias("suggested"),
        )


def _trimmed(ordered: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers and their times without one of the least and one of the greatest, if there are enough."""
    if ordered["times"].sum() < TRIMMED_FROM:
        return ordered
    last = ordered.height - 1
    place = pl.int_range(pl.len())
    taken = (place == 0).cast(pl.Int64) + (place == last).cast(pl.Int64)
    return ordered.with_columns(pl.col("times").cast(pl.Int64) - taken)


@dataclass(frozen=True)
class Correlation(Test):
    """`#valid_correlation`: where the other columns are equal, so is this one; what is rarer is told.

    Case and space of the cell itself count; the other columns are compared as keys.
    """

    slug = "hxl-correlation"
    others: tuple[TagPattern, ...]

    def missing(self, selected: Sequence[Column], columns: Sequence[Column]) -> Said | None:
        """Return that the table has none of the other columns."""
        return missing_columns(self.others, columns) if selected else None

    def whole(self, selected: Sequence[Column]) -> bool:
        """Return True where there is a column."""
        return bool(selected)

    def needs(self, selected: Sequence[Column], columns: Sequence[Column]) -> Sequence[Column]:
        """Return the rule's columns and the others."""
        return tuple(dict.fromkeys((*selected, *those_selected(columns, self.others))))

    def found(self, part: Part, selected: Sequence[Column]) -> pl.DataFrame:
        """Return a mark on every cell that is not the commonest one of its key, of equally common ones the first."""
        others = those_selected(part.columns, self.others)
        if not others:
            return pl.DataFrame(schema=MARKS)
        keys = (
            row_keys(part.frame, others).rank("dense").alias("key")
            if len(others) == 1
            else _numbered(part, others)
        )
        return together([self._unlike(part.frame.with_columns(keys), group) for group in alike(selected)])

    @staticmethod
    def _unlike(frame: pl.DataFrame, group: Sequence[Column]) -> pl.DataFrame:
        cells = pl.concat(
            [
                frame.select(
                    "key", ROW_NUMBER, pl.lit(c.number).alias("number"), pl.col(c.name).alias("cell")
                )
                for c in group
            ]
        ).filter(pl.col("cell").str.contains(VISIBLE))
        if len(group) > 1:
            cells = cells.sort(ROW_NUMBER, "number")
        told = cells.lazy().group_by("key", "cell", maintain_order=True).agg(pl.len().alias("times"))
        common = (
            told.sort("times", descending=True, maintain_order=True)
            .group_by("key", maintain_order=True)
            .agg(pl.col("cell").first().alias("suggested"), pl.len().alias("cells"))
            .filter(pl.col("cells") > 1)
            .collect()
        )
        unlike = cells.join(common, on="key", how="inner", maintain_order="left").filter(
            pl.col("cell") != pl.col("suggested")
        )
        return marks(unlike.with_columns(pl.lit(UNLIKE_ITS_KEY).alias("message")), pl.col("number"))


def _numbered(part: Part, others: Sequence[Column]) -> pl.Series:
    """Return a number for each row, equal where the others are."""
    keys = row_keys(part.frame, others).struct.unnest()
    numbered = keys.unique().with_row_index("key")
    return keys.join(numbered, on=keys.columns, how="left", maintain_order="left")["key"]
