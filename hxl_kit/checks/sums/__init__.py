"""Totals against their parts in the columns of one row of any table, by what the columns are called or tagged.

`killed_civilian` is a part of `killed_total`, `#affected+f+children` of `#affected+f`, `women` of `total_idps`; the
words are in `schemas/words/sum_columns.csv`. Columns are compared only where every word of their names is known to
be of people or is the same in both: `men` and `total_cost` are not. Which parts exclude one another, and which
leave nobody out, follows from `schemas/nesting.csv` and `schemas/partitions.csv`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.rule import Check, Rule
from hxl_kit.checks.sums.columns import Column, read_column, told_apart
from hxl_kit.checks.sums.parts import apart_groups, is_part, leaves_nobody_out
from hxl_kit.reading.table import listed, shown
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hxl_kit.standard.tags import Tag

_MEND = N_("Read both cells again in the source; one of them was mistyped, or they count different things.")
PART = Check(
    "part-exceeds-total",
    "warning",
    N_("is greater than {whole}, which it is a part of: the two are inconsistent"),
    N_("A part cannot be more than its whole: one of the two numbers is wrong."),
    "hxl_kit",
    _MEND,
)
PARTS = Check(
    "parts-exceed-total",
    "warning",
    N_("is exceeded by the sum of its parts: {parts} are together greater"),
    N_("Parts that have nobody in common cannot be more than their whole."),
    "hxl_kit",
    N_("Add the parts up again, and read the total and its parts in the source."),
)
REST = Check(
    "parts-below-total",
    "warning",
    N_("is greater than the sum of its parts: {parts} should add up to it"),
    N_("Parts that leave nobody out must add up to their whole: a part is too small, or people are missing."),
    "hxl_kit",
    N_("Add the parts up again; give people whose sex or age is not known a column of their own."),
)
ORDER = Check(
    "column-order",
    "warning",
    N_("is greater than {upper}, an upper figure of the same thing: the two are inconsistent"),
    N_("A lower figure above the upper one says that a number was mistaken."),
    "UCDP GED Codebook: low, best and high estimates",
    _MEND,
)
CHECKS = (PART, PARTS, REST, ORDER)

_BOUNDS = ("low", "best", "high")
_MOST_PARTS = 12


def sum_rules(columns: Sequence[tuple[str, Tag | None]]) -> tuple[Rule, ...]:
    """Return the rules on columns of text, given as name and hashtag: parts ≤ total, low ≤ best ≤ high.

    Cells that are not numbers break none. Two columns that say the same of whom they count are compared with
    nothing, for one of them must mean something else; beside a total, others of the same meaning are left out.
    """
    read = [read_column(name, tag) for name, tag in columns]
    complete = "rest" not in read
    known = told_apart([column for column in read if isinstance(column, Column)])
    parts = {whole.name: [part for part in known if is_part(part, whole, known)] for whole in known}
    rules = [rule for whole in known for rule in _of_whole(whole, parts, complete=complete)]
    return (*rules, *_orders(known))


def _of_whole(whole: Column, parts: Mapping[str, list[Column]], *, complete: bool) -> Iterator[Rule]:
    """Yield the rules of a whole: no part above it, no parts that exclude one another together above it."""
    within = {deep.name for part in parts[whole.name] for deep in parts[part.name]}
    own = [part for part in parts[whole.name] if part.name not in within][:_MOST_PARTS]
    if not own:
        return
    named = {"whole": shown(whole.name)}
    for part in own:
        yield _rule(PART, part.name, part.number > whole.number, {**named, "part": shown(part.name)})
    alone = pl.any_horizontal(part.number > whole.number for part in own).fill_null(value=False)
    for group in apart_groups(own):
        numbers = [part.number for part in group]
        params = {**named, "parts": listed([part.name for part in group])}
        yield _rule(PARTS, whole.name, (pl.sum_horizontal(numbers) > whole.number) & ~alone, params)
        if complete and leaves_nobody_out(whole, group, parts[whole.name]):
            filled = pl.all_horizontal(number.is_not_null() for number in numbers)
            yield _rule(REST, whole.name, filled & (pl.sum_horizontal(numbers) < whole.number), params)


def _orders(columns: Sequence[Column]) -> Iterator[Rule]:
    """Yield the rules that low ≤ best ≤ high, of columns that are otherwise called the same."""
    same: dict[tuple[object, ...], dict[str, Column]] = {}
    for column in columns:
        if column.is_bound or column.about or column.of_people:
            same.setdefault(column.key[:2], {})[column.bound] = column
    for bounds in same.values():
        if bounds.keys() & {"low", "high"}:
            for lower, upper in pairwise(bounds[bound] for bound in _BOUNDS if bound in bounds):
                params = {"lower": shown(lower.name), "upper": shown(upper.name)}
                yield _rule(ORDER, lower.name, lower.number > upper.number, params)


def _rule(check: Check, column: str, violated: pl.Expr, names: Mapping[str, str]) -> Rule:
    return Rule(check.slug, "", column, check.severity, violated, check.message, names)
