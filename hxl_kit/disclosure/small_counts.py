"""Counts of one to four people with a sensitive attribute, in tables of counts, and those that totals give away.

Such a count tells on a person to everyone who knows the place (OCHA Centre for Humanitarian Data, Guidance Note 1;
the threshold of five is common among statistical offices, see the Handbook on Statistical Disclosure Control).
Casualty figures (killed, injured, missing, abducted, detained …) are the message and are no such counts: a column is
one by its name or hashtag, or because a known source or the standard says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.bounds import narrow
from hxl_kit.disclosure.cells import MARKS, cells, count
from hxl_kit.disclosure.finding import Finding, first_rows
from hxl_kit.disclosure.words import is_total, kind, kinds
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from hxl_kit.disclosure.cells import Cells

LIMIT = 5
_SHARE_NUMBERS = 0.9
_FIRST = 5000
"""Cells by which numbers and text are told apart, before the columns that matter are read in full."""

_MOST_VALUES = 200
_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Aggregate:
    """A table of counts on a sensitive attribute.

    Attributes:
        counts: the columns of counts that are about it, with what it is.
        by: the columns that say what a row counts.
        told: the columns whose values name the attribute in some rows (incident type: rape), with those values.
    """

    counts: Mapping[str, str]
    by: tuple[str, ...]
    told: Mapping[str, Mapping[str, str]]


def small_counts(
    frame: pl.DataFrame, resource: str, known: Collection[str] = (), tags: Mapping[str, str] | None = None
) -> list[Finding]:
    """Return the columns of a whole table that count 1 to 4 people with a sensitive attribute, or let them be worked out.

    Args:
        frame: the table as text, with row_number.
        resource: the table's name; a name that tells an attribute ("gbv cases") makes all its counts sensitive.
        known: columns that a known source or the standard accounts for; they are no concern here.
        tags: hashtags by column.
    """
    found = aggregate(frame, resource, known, tags or {})
    if found is None:
        return []
    stated = cells(frame, tuple(found.counts), found.by)
    return [*_stated(frame, resource, found), *_worked_out(frame, resource, found, stated)]


def aggregate(
    frame: pl.DataFrame, resource: str, known: Collection[str], tags: Mapping[str, str]
) -> Aggregate | None:
    """Return what a table counts of a sensitive attribute, None where it counts none or is a list of people."""
    columns = [name for name in frame.columns if name != ROW_NUMBER and name not in known]
    names = {name: f"{name} {tags.get(name, '')}" for name in columns}
    first = frame.select(pl.col(name).drop_nulls().head(_FIRST).implode() for name in columns)
    numeric = {name for name in columns if _is_numeric(first.select(pl.col(name).explode()), name)}
    by = tuple(name for name in columns if name not in numeric)
    told = {name: values for name in by if (values := _told(frame, name, names[name]))}
    own = {name: about for name in sorted(numeric) if (about := _counted(names[name], resource))}
    whole = "" if kind(resource, "things") else kind(resource, "sensitive")
    if told or whole:
        shared = next((about for values in told.values() for about in values.values()), whole)
        own = {name: shared for name in numeric if _counts_people(names[name])} | own
    counts = {name: own[name] for name in columns if name in own and _is_numeric(frame, name)}
    dimensions = tuple(
        name for name in columns if name not in counts and (name in by or _is_label(names[name]))
    )
    if not counts or _is_list_of_people(frame, columns, tuple(counts), dimensions):
        return None
    return Aggregate(counts, dimensions, told if not _named(names, counts) else {})


def _named(names: Mapping[str, str], counts: Mapping[str, str]) -> bool:
    """Return whether the columns of counts name the attribute themselves, so that all their rows are about it."""
    return all(_counted(names[name], "") for name in counts)


def _is_numeric(frame: pl.DataFrame, name: str) -> bool:
    """Return whether nearly all cells are whole numbers or marks for a count that is kept back."""
    filled = frame.select(pl.col(name).drop_nulls().cast(pl.String).str.strip_chars())
    return _share(filled, name) >= _SHARE_NUMBERS


def _share(filled: pl.DataFrame, name: str) -> float:
    """Return the share of numbers and marks among cells; 0 where there is no number."""
    numbers = int(filled.select(count(name).is_not_null().sum()).item())
    marks = int(filled[name].str.contains(MARKS).sum())
    return (numbers + marks) / filled.height if numbers else 0.0


def _counted(words: str, resource: str) -> str:
    """Return the attribute that a column of numbers counts people with, by its name and hashtag."""
    excluded = (
        _is_no_count(words)
        or kind(resource, "things")
        or (kind(words, "casualty") and not _names_violence(words))
    )
    return "" if excluded else kind(words, "sensitive")


def _names_violence(words: str) -> bool:
    """Return whether a count is of sexual violence or of an illness, whatever else it counts."""
    return bool(kinds(words, "sensitive") & {"gbv", "hiv"})


def _counts_people(words: str) -> bool:
    is_count = kind(words, "count") or kind(words.partition(" #")[0], "count_name")
    return bool(is_count) and not (
        _is_no_count(words) or kind(words, "casualty") or kind(words.partition(" #")[0], "key")
    )


def _is_no_count(words: str) -> bool:
    """Return whether numbers are rates, years, codes or counts of things."""
    return "%" in words or bool(kind(words, "never_count") or kind(words, "things"))


def _is_label(words: str) -> bool:
    """Return whether a column of numbers says what a row counts: a year, a code, an age."""
    return bool(kind(words, "never_count") or kind(words.partition(" #")[0], "key"))


def _told(frame: pl.DataFrame, name: str, words: str) -> dict[str, str]:
    """Return the values of a column of few values that name a sensitive attribute; all of them where its name does."""
    values = frame[name].drop_nulls().cast(pl.String).unique()
    if len(values) > _MOST_VALUES or kind(name, "unit") == "facility" or kind(name, "programme"):
        return {}
    column = kind(words, "sensitive")
    short = (value for value in values if len(value) <= _LONGEST_VALUE)
    told = {value: column or kind(value, "sensitive") for value in short if not is_total(value)}
    return {value: about for value, about in told.items() if about}


def _is_list_of_people(
    frame: pl.DataFrame, columns: Sequence[str], counts: Sequence[str], by: Sequence[str]
) -> bool:
    """Return whether rows are people: a column says so, or 0 and 1 stand in rows that are not told apart."""
    if any(kind(name, "unit") in {"person", "household"} for name in columns if name not in counts):
        return True
    highest = frame.select(pl.max_horizontal(count(name).max() for name in counts)).item()
    alike = frame.select(by).is_duplicated().any() if by else frame.height > 1
    return (highest or 0) <= 1 and bool(alike)


def _about(found: Aggregate) -> pl.Expr:
    """Return whether a row is about the attribute: all are, unless values of a column tell which."""
    if not found.told:
        return pl.lit(value=True)
    return pl.any_horizontal(
        pl.col(name).cast(pl.String).is_in(list(values)) for name, values in found.told.items()
    )


def _stated(frame: pl.DataFrame, resource: str, found: Aggregate) -> list[Finding]:
    """Return the columns that state a count of 1 to 4."""
    findings = []
    for name, about in found.counts.items():
        small = frame.filter(_about(found), count(name).is_between(1, LIMIT - 1))
        if small.height:
            rows = first_rows(small[ROW_NUMBER])
            params = {"count": small.height, "highest": LIMIT - 1}
            findings.append(
                Finding("small-count", "error", resource, name, small.height, rows, about, params)
            )
    return findings


def _worked_out(frame: pl.DataFrame, resource: str, found: Aggregate, stated: Cells) -> list[Finding]:
    """Return the columns with kept back counts that the table's sums give away as 1 to 4."""
    concerned = set(frame.with_row_index("_row").filter(_about(found))["_row"])
    given: dict[str, list[int]] = {}
    for cell, (low, high) in narrow(stated, LIMIT - 1).items():
        row, column = stated.place(cell)
        if row in concerned and low > 0 and high is not None and high < LIMIT:
            given.setdefault(column, []).append(row)
    numbers = frame[ROW_NUMBER]
    return [
        Finding(
            "small-count-recoverable",
            "error",
            resource,
            column,
            len(rows),
            first_rows(numbers.gather(rows)),
            found.counts[column],
            {"count": len(rows), "highest": LIMIT - 1},
        )
        for column, rows in given.items()
    ]
