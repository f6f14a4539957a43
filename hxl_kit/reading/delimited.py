"""Delimited text: comma, semicolon, tab or pipe, with quotes as RFC 4180 has them."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading.encodings import Utf8, as_utf8
from hxl_kit.reading.hashtags import find_hashtag_row
from hxl_kit.reading.headings import Heading, header_above, heading, is_blank
from hxl_kit.reading.levels import header_row, is_told_apart, lowest_row
from hxl_kit.reading.limits import COLUMNS, RAGGED_ROWS
from hxl_kit.reading.line_ends import WholeLineEnds
from hxl_kit.reading.quotes import RECORD_BYTES, check_text
from hxl_kit.reading.table import BadRow, Batch, TableText, counted, numbered, plain_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from hxl_kit.reading.hashtags import HashtagRow
    from hxl_kit.reading.signatures import Content

DELIMITERS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
BLOCK_BYTES = 1 << 20
"""The parser reads several blocks ahead: the smaller they are, the less memory it needs."""

BATCH_BYTES = 8 << 20
"""Of so many bytes in memory, or a few more, the batches are: what is done with one costs the less, the larger it is."""

SAMPLE_BYTES = 1 << 20
SAMPLE_ROWS = 100
SEARCHED_ROWS = 50


@dataclass(frozen=True)
class Sample:
    """A file's first records, split at one delimiter; `header` is None where the hashtags stand alone."""

    delimiter: str
    rows: list[list[str]]
    header: int | None
    hashtags: HashtagRow | None

    @property
    def width(self) -> int:
        """How many cells the header has."""
        return 0 if self.header is None else len(self.rows[self.header])

    @property
    def below(self) -> list[list[str]]:
        """The records under the header that are not blank."""
        last = self.hashtags.index if self.hashtags else self.header or 0
        return [row for row in self.rows[last + 1 :] if not is_blank(row)]

    @property
    def usual_width(self) -> int:
        """How many cells most of the records below the header have."""
        widths = Counter(len(row) for row in self.below)
        return widths.most_common(1)[0][0] if widths else self.width

    @property
    def trailing_width(self) -> int:
        """The usual width where the records go on beyond the header with empty cells alone, else 0."""
        beyond = (cell for row in self.below if len(row) == self.usual_width for cell in row[self.width :])
        return 0 if any(beyond) else self.usual_width

    @property
    def fitness(self) -> tuple[bool, bool, int, float, int]:
        """How well the delimiter explains the sample; the greatest wins."""
        usual = self.usual_width
        if usual < 2 and self.width < 2:  # noqa: PLR2004 - a delimiter parts at least two cells
            return (False, False, 0, 0.0, 0)
        share = sum(len(row) == usual for row in self.below) / max(1, len(self.below))
        return (self.hashtags is not None, self.width == usual, -(self.header or 0), share, usual)


@dataclass(frozen=True)
class Source:
    """A delimited file in UTF-8 that was checked, and how to split it."""

    label: str
    file: Path
    delimiter: str
    heading: Heading
    width: int
    block_bytes: int


@contextmanager
def open_delimited(
    content: Content, encoding: str | None, sheet: str | None
) -> Iterator[tuple[TableText, ...]]:
    """Yield the one table of a delimited file.

    Raises:
        InputError: it is empty, in an unknown encoding, damaged, or its heading is not one.
        UsageError: a sheet is asked for.
    """
    if sheet is not None:
        raise UsageError(f"{content.label}: is delimited text and has no sheets; leave out --sheet")
    with as_utf8(content, encoding) as text:
        with plain_words(content.label):
            source, notes = _examined(content, text)
        table = TableText(
            path=content.path,
            format="csv",
            encoding=text.encoding,
            delimiter=source.delimiter,
            sheet=None,
            header=source.heading.names,
            tags=source.heading.tags,
            first_row=source.heading.first_row,
            notes=(*content.notes, *text.notes, *notes, *source.heading.notes),
            read=lambda: _batches(source),
            aside=source.heading.aside,
        )
        yield (table,)


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the records of a text, blank ones as [""]; quotes mean what they mean to the parser."""
    end = re.escape(delimiter)
    cell = re.compile(rf'(?:"([^"]*+(?:""[^"]*+)*+)"?)?([^{end}\r\n]*+)({end}|\r\n|\r|\n|\Z)')
    row: list[str] = []
    for match in cell.finditer(text):
        quoted, plain, after = match.groups()
        row.append((quoted or "").replace('""', '"') + plain)
        if after == delimiter:
            continue
        if after or row != [""] or quoted is not None:
            yield row
        row = []
        if not after:
            return


def _examined(content: Content, text: Utf8) -> tuple[Source, tuple[str, ...]]:
    sample = _sample(text.file)
    notes, longest = check_text(content.label, text, sample.delimiter)
    if not sample.rows:
        raise InputError(f"{content.label}: is empty")
    _require_header(content.label, sample)
    found = heading(content.label, sample.rows, sample.header, sample.hashtags, sample.trailing_width)
    if len(found.names) > COLUMNS:
        raise InputError(
            f"{content.label}: has more than {COLUMNS:,} columns; are they places or days? Make them rows"
        )
    block = min(max(longest, BLOCK_BYTES), RECORD_BYTES)
    source = Source(content.label, text.file, sample.delimiter, found, len(found.names), block)
    source = _without_empty(source)
    if sample.delimiter != ",":
        notes = (f"delimiter {DELIMITERS[sample.delimiter]}", *notes)
    return source, notes


def _sample(file: Path) -> Sample:
    """Return the first records, split at the delimiter that explains them best."""
    with file.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
        cut = bool(stream.read(1))
    text = head.decode("utf-8-sig", errors="replace")
    return max((_split(text, delimiter, cut=cut) for delimiter in DELIMITERS), key=lambda s: s.fitness)


def _split(text: str, delimiter: str, *, cut: bool) -> Sample:
    rows = list(islice(records(text, delimiter), SAMPLE_ROWS))
    if cut and 1 < len(rows) < SAMPLE_ROWS:
        rows.pop()
    if all(is_blank(row) for row in rows):
        return Sample(delimiter, [], None, None)
    hashtags = find_hashtag_row(rows)
    header = header_above(rows, hashtags) if hashtags else _header(rows)
    return Sample(delimiter, rows, header, hashtags)


def _header(rows: list[list[str]]) -> int:
    """Return the index of the first row that is not blank, or of the header below it if that is a title."""
    first = _first(rows)
    if not _is_title(rows, first):
        return lowest_row(rows, first)
    found = header_row(rows[:SEARCHED_ROWS])
    clear = found is not None and (_filled(rows[first]) == 1 or is_told_apart(rows, found))
    return found if found is not None and clear else first


def _first(rows: list[list[str]]) -> int:
    return next(n for n, row in enumerate(rows) if not is_blank(row))


def _is_title(rows: list[list[str]], first: int) -> bool:
    """Return whether most rows below fill twice as many cells or more."""
    below = [row for row in rows[first + 1 :] if not is_blank(row)]
    return 2 * sum(_filled(row) >= 2 * _filled(rows[first]) for row in below) > len(below)


def _require_header(label: str, sample: Sample) -> None:
    """Refuse a first row that is a title or groups columns, where no row below is clearly the header.

    Raises:
        InputError: it is such a row.
    """
    if sample.hashtags or sample.header is None or sample.header != _first(sample.rows):
        return
    if not _is_title(sample.rows, sample.header):
        return
    filled = _filled(sample.rows[sample.header])
    wider = next(n for n, row in enumerate(sample.rows) if n > sample.header and _filled(row) >= 2 * filled)
    raise InputError(
        f"{label}: row {sample.header + 1} is not the header: it has {counted(filled, 'cell')} that "
        f"hold anything, most rows below twice as many; is row {wider + 1} the header? Remove the rows above it",
    )


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _without_empty(source: Source) -> Source:
    """Return the source without the unnamed columns at its right end that are empty in every record."""
    last = len(source.heading.names)
    kept = last - source.heading.unnamed
    for batch in _batches(source) if kept < last else ():
        filled = [
            n
            for n, column in enumerate(batch.frame.iter_columns())
            if n and column.null_count() < len(column)
        ]
        kept = max([kept, *filled])
        if kept == last:
            break
    return replace(source, heading=source.heading.without(last - kept))


def _batches(source: Source) -> Iterator[Batch]:
    """Yield the records below the heading; the blocks and batches bound the memory."""
    import pyarrow as pa

    ragged: list[BadRow] = []
    numbering = Numbering()
    try:
        with (
            plain_words(source.label),
            source.file.open("rb") as file,
            _parser(source, file, ragged) as parser,
        ):
            for blocks in _together(parser):
                frame = pl.DataFrame(pl.from_arrow(blocks, rechunk=False))
                frame.columns = list(source.heading.names)
                yield _batch(source, frame, numbering, ragged)
            if ragged:
                nothing = pl.DataFrame(schema=dict.fromkeys(source.heading.names, pl.String))
                yield _batch(source, nothing, numbering, ragged)
    except pa.ArrowInvalid as error:
        if len(ragged) >= RAGGED_ROWS:
            raise InputError(
                f"{source.label}: more than {RAGGED_ROWS:,} records, nearly all, do not have the header's "
                f"{counted(source.width, 'cell')}; is the header, or the delimiter, another one?"
            ) from error
        raise InputError(
            f"{source.label}: record {numbering.next} or one soon after it is longer than {source.block_bytes >> 20} MiB",
        ) from error


def _together(blocks: Iterable[Any]) -> Iterator[Any]:
    """Yield pyarrow's record batches as tables of several, or of a part of one that is large."""
    import pyarrow as pa

    taken: list[Any] = []
    for part in (part for block in blocks for part in _parts(block)):
        taken.append(part)
        if sum(each.nbytes for each in taken) >= BATCH_BYTES:
            whole, taken = pa.Table.from_batches(taken), []
            yield whole
    if taken:
        yield pa.Table.from_batches(taken)


def _parts(block: Any) -> Iterator[Any]:
    """Yield a record batch in parts that are no larger than a batch should be: cells of next to no bytes are many."""
    rows = max(1, block.num_rows * BATCH_BYTES // max(1, block.nbytes))
    yield from (block.slice(first, rows) for first in range(0, block.num_rows, rows))


def _parser(source: Source, file: IO[bytes], ragged: list[BadRow]) -> Any:
    """Return pyarrow's reader of the whole file, its records numbered from 1; `ragged` takes what does not fit."""
    import pyarrow as pa
    from pyarrow import csv

    def reject(row: Any) -> str:
        if len(ragged) >= RAGGED_ROWS:
            return "error"
        reason = f"{counted(row.actual_columns, 'cell')}, expected {row.expected_columns}"
        ragged.append(BadRow(row.number, reason, row.text))
        return "skip"

    columns = [f"{n}" for n in range(source.width)]
    return csv.open_csv(
        WholeLineEnds(file),
        read_options=csv.ReadOptions(column_names=columns, use_threads=False, block_size=source.block_bytes),
        parse_options=csv.ParseOptions(
            delimiter=source.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=reject,
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            include_columns=columns[: len(source.heading.names)],
            strings_can_be_null=True,
            null_values=[""],
            check_utf8=False,
        ),
    )


def _batch(source: Source, frame: pl.DataFrame, numbering: Numbering, ragged: list[BadRow]) -> Batch:
    """Return the records below the heading; a ragged line of white space alone is blank.

    The parser reads ahead in a thread of its own, so `ragged` may grow at any time: what is there now is taken.
    """
    known = ragged[:]
    del ragged[: len(known)]
    first = source.heading.first_row
    bad = [row for row in known if row.row_number >= first]
    told = tuple(row for row in bad if row.text.strip())
    numbers = numbering.take(frame.height, [row.row_number for row in known])
    whole, blank = numbered(frame, numbers, first)
    return Batch(whole, told, blank + len(bad) - len(told))


class Numbering:
    """Gives records their numbers in the file, where the parser tells only those of the ragged ones."""

    def __init__(self) -> None:
        self.next = 1
        self.taken: list[int] = []

    def take(self, count: int, ragged: list[int]) -> pl.Series:
        """Return the numbers of the next `count` good records, past ragged ones, which may be ahead of them."""
        self.taken += ragged
        end = self.next + count + len(self.taken)
        numbers = pl.int_range(self.next, end, dtype=pl.UInt32, eager=True)
        numbers = numbers.filter(~numbers.is_in(self.taken)).head(count)
        if count:
            self.next = numbers[-1] + 1
            self.taken = [number for number in self.taken if number >= self.next]
        return numbers
