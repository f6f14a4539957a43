"""Slips in the names of tagged tables: of organisations, sectors, places and whatever else comes back often."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.outliers.spelling import misspelt
from hxl_kit.hxl_schema import core_schema
from hxl_kit.hxl_schema.cells import by_distinct, spaced
from hxl_kit.reading.table import ROW_NUMBER
from hxl_kit.standard.tags import parse_pattern
from hxl_kit.validation.catalogue import checks_by_slug
from hxl_kit.validation.report import Issue, cell_address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from hxl_kit.standard.tags import Tag, TagPattern

SLUG = "rare-spelling"
NO_NAMES = ("#*+code", "#*+id", "#*+num", "#*+url", "#*+description")
"""What is under a name's hashtag and no name."""

OFTEN, LONGEST_LIST, LISTED = 10, 100, 0.98
"""A list has at most so many names, each on so many rows, and together on this share of the rows."""

RARE, FEW = 50, 2
"""In a list, a slip is on at most a fiftieth of the rows of the name that was meant; `misspelt` looks for few rows."""

_COUNTRY = parse_pattern("#country+code")


class Names:
    """The names in a tagged table, to be compared when all its rows were seen; white space does not count.

    Which tags have names that come back often is as in HXL's core schema.
    """

    def __init__(
        self, resource: str, header: Sequence[str], tags: Sequence[Tag | None], judged: Collection[str] = ()
    ) -> None:
        """Take the columns of a table; those that are `judged` elsewhere are left out."""
        self.resource, self.header = resource, header
        tagged = dict(zip(header, tags, strict=True))
        self.names = [name for name, tag in tagged.items() if holds_names(tag) and name not in judged]
        self.placed = {name for name in self.names if tagged[name].hashtag.startswith(("#adm", "#loc"))}  # type: ignore[union-attr]
        countries = [name for name, tag in tagged.items() if _COUNTRY.matches(tag)]
        self.country = countries[0] if len(countries) == 1 else None
        self._kept: list[pl.DataFrame] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Take in a batch's rows."""
        if self.names:
            wanted = dict.fromkeys([*self.names, *([self.country] if self.country else [])])
            self._kept.append(frame.select(ROW_NUMBER, pl.col(*wanted).cast(pl.Categorical)))

    def issues(self) -> Iterator[Issue]:
        """Yield the cells whose name is almost that of many other rows."""
        if not self._kept:
            return
        rows = pl.concat(self._kept)
        for name in self.names:
            yield from (self._issue(name, *row) for row in self._slips(rows, name).iter_rows())

    def _slips(self, rows: pl.DataFrame, name: str) -> pl.DataFrame:
        """Return the slips in a column: of places within their country, of lists also in short words."""
        even = by_distinct(rows[name].cast(pl.String), spaced)
        names = rows.select(ROW_NUMBER, even.alias("name"))
        within = []
        if self.country and name in self.placed:
            names, within = (
                names.with_columns(rows[self.country].cast(pl.String).alias("country")),
                ["country"],
            )
        if size := _list_size(names["name"]):
            return _slips_of_list(names.with_columns(pl.lit("").alias("list")), [*within, "list"], size)
        return misspelt(names, "name", within).sort(ROW_NUMBER)

    def _issue(self, name: str, row: int, count: int, first: int) -> Issue:
        check = checks_by_slug()[SLUG]
        return Issue(
            SLUG,
            check.severity,
            self.resource,
            check.message,
            row,
            name,
            cell_address(row, self.header.index(name) + 1),
            params={"count": count, "row": first},
        )


def holds_names(tag: Tag | None) -> bool:
    """Return whether a column's tag is one of names that come back often."""
    return any(pattern.matches(tag) for pattern in _patterns()) and not any(
        pattern.matches(tag) for pattern in map(parse_pattern, NO_NAMES)
    )


@cache
def _patterns() -> tuple[TagPattern, ...]:
    """Return the tag patterns of HXL's core schema whose spelling it looks at."""
    return tuple(
        rule.pattern for rule in core_schema().rules if any(t.slug == "hxl-spelling" for t in rule.tests)
    )


def _list_size(names: pl.Series) -> int:
    """Return the number of names of a list that all but a few rows were chosen from; 0 where there is none."""
    counts = names.drop_nulls().value_counts()["count"]
    often = counts.filter(counts >= OFTEN)
    is_list = len(often) <= LONGEST_LIST and int(often.sum()) >= LISTED * int(counts.sum())
    return len(often) if is_list else 0


def _slips_of_list(names: pl.DataFrame, within: Sequence[str], size: int) -> pl.DataFrame:
    """Return the slips in a column whose names are chosen from a list, where one slip may come back.

    `misspelt` takes names on one or two rows for slips: of those that are rare beside the list's own, two rows are
    shown to it.
    """
    times = pl.len().over("name", *within)
    rare = times * RARE * size <= pl.len()
    shown = names.filter(~rare | (pl.int_range(pl.len()).over("name", *within) < FEW))
    slips = misspelt(shown, "name", within).join(names, on=ROW_NUMBER).drop(ROW_NUMBER)
    every = names.with_columns(times=times).join(slips.unique(["name", *within]), on=["name", *within])
    found = every.filter(pl.col("times") * RARE <= pl.col("count"))
    return found.select(ROW_NUMBER, "count", "row").sort(ROW_NUMBER)
