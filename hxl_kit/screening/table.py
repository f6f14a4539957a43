"""Screening one table: every cell is looked at while the table streams by, columns are judged at the end."""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.reading.table import ROW_NUMBER
from hxl_kit.screening.columns import SLUGS, judged
from hxl_kit.screening.context import context_of
from hxl_kit.screening.finding import ROWS_NAMED, Finding, Rows, commonest_shape
from hxl_kit.screening.headers import header_holds, header_says
from hxl_kit.screening.hidden import hidden_names
from hxl_kit.screening.likeness import alike
from hxl_kit.screening.profile import Column
from hxl_kit.screening.texts import in_text, is_of_data, safe_name
from hxl_kit.screening.values import HINT, first_hint, is_informant, kinds_in, name_cues, name_in, told_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hxl_kit.reading.table import BadRow, TableText

SAMPLE_FIRST = 1000
SAMPLE_LATER = 200
REPEATING = 0.3
"""Of columns whose sampled values differ less, the distinct values are looked at, of others all."""

PROVEN = 2000
ALIKE = 0.9
"""Of so many values looked at closely, such a share must be of a kind for a column's others to be taken to be."""

PROSE_WORDS = 2.5
SAID = re.compile(r"[^\W_]")
"""What a value has that is more than a sign for nothing, such as a dash."""

OF_DATA = 0.3
"""So many of the headers must be values for the first row to be one of the data."""

INFORMANTS = "informant"
STOPPING = frozenset({"email", "phone"})


@dataclass
class _Watched:
    """What is kept of a column while its table streams by.

    `told` is one of notes, descriptions or headlines. `proven` are the kinds that thousands of its values were, nearly
    without exception: what the quick look picks out of the rest is counted as such.
    """

    known: bool
    told: bool
    sample: list[str] = field(default_factory=list)
    filled: Rows = field(default_factory=Rows)
    hits: dict[str, Rows] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    proven: frozenset[str] = frozenset()

    @property
    def repeats(self) -> bool:
        """Whether few values stand in many rows."""
        first = self.sample[:SAMPLE_FIRST]
        return len(set(first)) < REPEATING * len(first)

    @property
    def is_prose(self) -> bool:
        """Whether values are sentences, in which people may be named."""
        if self.known and not self.told:
            return False
        first = self.sample[:SAMPLE_FIRST]
        return sum(text.count(" ") + 1 for text in first) >= PROSE_WORDS * len(first)


def screen_table(
    text: TableText, known: Mapping[str, str] | None = None, resource: str = ""
) -> Iterator[Finding]:
    """Yield what personal or sensitive data a table seems to hold, column after column.

    Args:
        text: an open table; it is read once.
        known: the columns that are of a known source or of the standard, and the field that each is. Their names
            and categories raise nothing; e-mail addresses, phones and the names of informants do.
        resource: what the findings call the table; the file's name and sheet if not given.

    Raises:
        InputError: the table cannot be read any further.
    """
    known = known or {}
    resource = resource or resource_of(text)
    watched = {name: _Watched(name in known, header_holds(name, "noting", "part")) for name in text.header}
    ragged: list[BadRow] = []
    with ThreadPoolExecutor(1) as worker:
        looking: Future[None] | None = None
        for batch in text.batches():
            ragged += [bad for bad in batch.bad if kinds_in(bad.text) & {"email", "phone"}]
            if looking:
                looking.result()
            looking = worker.submit(_look, batch.frame, watched)
        if looking:
            looking.result()
    columns = tuple(_columns(text, watched, known))
    context, hidden = context_of(columns), hidden_names(text)
    yield from _in_headers(text.header, resource)
    for number, said in text.aside:
        yield from in_text(said, resource, "", "header", Rows(1, (number,)))
    for column in columns:
        found = [*judged(column, context, resource)]
        for finding in found or alike(column, context, text.header, resource):
            yield replace(finding, part="hidden column") if column.name in hidden else finding
    yield from _in_ragged(ragged, resource)


def resource_of(text: TableText) -> str:
    """Return what findings call a table: the file's name, and the sheet."""
    name = safe_name(text.path.name, "file")
    return f"{name}:{safe_name(text.sheet, 'sheet')}" if text.sheet else name


def _look(frame: pl.DataFrame, watched: Mapping[str, _Watched]) -> None:
    """Add a batch to what is known of the columns; the next one is read meanwhile."""
    if frame.is_empty():
        return
    _take_sample(frame, watched)
    _count_filled(frame, watched)
    for name, column in watched.items():
        if column.proven:
            _count(frame.lazy().filter(_may_be_personal(pl.col(name))), column, column.proven)
    unproven = [name for name, column in watched.items() if not column.proven]
    for name, values in _marked(frame, watched, _may_be_personal, unproven).items():
        _note(frame, name, watched[name], values, kinds_in)
    for name in watched:
        if header_says(name, INFORMANTS):
            _note(frame, name, watched[name], frame[name].drop_nulls().unique().sort().to_list(), _informing)
    prose = [name for name, column in watched.items() if column.is_prose]
    for name, rows in _marked(frame, watched, _may_name_people, prose).items():
        _note(frame, name, watched[name], rows, _named)


def _take_sample(frame: pl.DataFrame, watched: Mapping[str, _Watched]) -> None:
    first = frame.head(SAMPLE_FIRST)
    spread = frame.gather_every(max(1, frame.height // SAMPLE_LATER))
    for name, column in watched.items():
        taken = spread[name] if column.sample else first[name]
        values = taken.drop_nulls()
        if values.is_empty() and not column.sample:
            values = frame[name].drop_nulls().head(SAMPLE_LATER)
        column.sample += [value for value in values.to_list() if value.strip()]


def _count_filled(frame: pl.DataFrame, watched: Mapping[str, _Watched]) -> None:
    for name, column in watched.items():
        cells = frame[name]
        count = len(cells) - cells.null_count()
        first: tuple[int, ...] = ()
        if count and len(column.filled.first) < ROWS_NAMED:
            first = _first(frame.lazy().filter(pl.col(name).is_not_null()))
        column.filled += Rows(count, first)


def _first(rows: pl.LazyFrame) -> tuple[int, ...]:
    return tuple(rows.select(ROW_NUMBER).head(ROWS_NAMED).collect()[ROW_NUMBER].to_list())


def _marked(
    frame: pl.DataFrame,
    watched: Mapping[str, _Watched],
    hinted: Callable[[pl.Expr], pl.Expr],
    names: Iterable[str],
) -> dict[str, list[str]]:
    """Return for each column the distinct values that a quick look picks out."""
    looks = []
    for name in names:
        cells = pl.col(name)
        if watched[name].repeats:
            distinct = cells.unique(maintain_order=True)
            looks.append(distinct.filter(hinted(distinct)).implode())
        else:
            looks.append(cells.filter(hinted(cells)).unique().implode())
    if not looks:
        return {}
    lists = frame.lazy().select(looks).collect().row(0, named=True)
    return {name: sorted(filter(None, values)) for name, values in lists.items() if values}


def _may_be_personal(cells: pl.Expr) -> pl.Expr:
    return cells.str.contains(HINT)


def _may_name_people(cells: pl.Expr) -> pl.Expr:
    cued = cells.str.contains_any(list(name_cues()), ascii_case_insensitive=True)
    return cued | cells.str.contains(first_hint())


def _note(
    frame: pl.DataFrame,
    name: str,
    column: _Watched,
    values: list[str],
    kinds: Callable[[str], frozenset[str]],
) -> None:
    """Look closely at the values, and count the rows of those that are personal, by kind."""
    proven = [(value, kinds(value)) for value in values[:PROVEN]]
    column.proven |= _alike([found for _, found in proven])
    rest = ((value, column.proven or kinds(value)) for value in values[PROVEN:])
    by_kind: dict[str, list[str]] = {}
    for value, found in (*proven, *rest):
        for kind in found:
            by_kind.setdefault(kind, []).append(value)
    for kind, hits in by_kind.items():
        _count(frame.lazy().filter(pl.col(name).is_in(hits)), column, {kind})
        if kind not in column.shapes:
            column.shapes[kind] = commonest_shape(hits[:PROVEN])


def _count(rows: pl.LazyFrame, column: _Watched, kinds: Iterable[str]) -> None:
    numbers = rows.select(ROW_NUMBER).collect()[ROW_NUMBER]
    for kind in kinds:
        here = Rows(len(numbers), tuple(numbers.head(ROWS_NAMED).to_list()))
        column.hits[kind] = column.hits.get(kind, Rows()) + here


def _alike(found: list[frozenset[str]]) -> frozenset[str]:
    """Return the kinds that nearly all of thousands of values are.

    Only of those that stop a publication in any column: among offices' addresses each one is looked at.
    """
    if len(found) < PROVEN:
        return frozenset()
    return frozenset(kind for kind in STOPPING if sum(kind in kinds for kinds in found) >= ALIKE * len(found))


def _named(text: str) -> frozenset[str]:
    """Return what a sentence holds besides addresses and phones: people named, numbers of theirs, places to the house."""
    return frozenset({"named_person"} if name_in(text) else ()) | told_in(text)


def _informing(text: str) -> frozenset[str]:
    return frozenset({INFORMANTS} if is_informant(text) else ())


def _columns(text: TableText, watched: Mapping[str, _Watched], known: Mapping[str, str]) -> Iterator[Column]:
    headless = not any(text.tags) and sum(map(is_of_data, text.header)) >= OF_DATA * len(text.header)
    for number, (name, tag) in enumerate(zip(text.header, text.tags, strict=True), 1):
        column = watched[name]
        yield Column(
            name,
            f"column {number}" if headless else safe_name(name, f"column {number}"),
            tag,
            "" if header_says(name, INFORMANTS) else known.get(name, ""),
            _judged_by(column.sample),
            column.filled,
            {kind: (rows, column.shapes[kind]) for kind, rows in column.hits.items()},
        )


def _judged_by(sample: list[str]) -> tuple[str, ...]:
    """Return the values that a column is judged by: some of the sample, spread over all of it."""
    said = [text for text in sample if SAID.search(text)]
    return tuple(said[:: max(1, len(said) // SAMPLE_FIRST)])


def _in_headers(header: Iterable[str], resource: str) -> Iterator[Finding]:
    for number, name in enumerate(header, 1):
        for kind in sorted(kinds_in(name) & {"email", "phone"}):
            yield Finding(
                SLUGS[kind],
                "error",
                resource,
                f"column {number}",
                Rows(),
                kind,
                "header",
                {"count": 1, "shape": ""},
            )


def _in_ragged(ragged: list[BadRow], resource: str) -> Iterator[Finding]:
    for kind in ("email", "phone"):
        numbers = tuple(bad.row_number for bad in ragged if kind in kinds_in(bad.text))
        if numbers:
            rows = Rows(len(numbers), numbers[:ROWS_NAMED])
            yield Finding(
                SLUGS[kind], "error", resource, "", rows, kind, "cells", {"count": rows.count, "shape": ""}
            )
