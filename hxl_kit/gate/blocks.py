"""A CSV resource's records in blocks of columns, numbered as frictionless numbers them."""

from __future__ import annotations

import csv
import io
import queue
import secrets
import sys
import threading
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from hxl_kit.gate.arrow import flags, picked, texts
from hxl_kit.gate.unproven import UnprovenError
from hxl_kit.reading.line_ends import WholeLineEnds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLOCK_BYTES = 2 << 20
"""What is parsed at a time: small enough for the processor's cache, large enough for work in bulk."""
OPEN_QUOTE = "a quote is left open at the end"
AHEAD = 3
"""Blocks parsed ahead of those being judged."""
TURN_SECONDS = 0.0002
"""How long the judging thread may keep the parsing one waiting for its turn; Python's own 5 ms halt it at each block."""


@dataclass(frozen=True)
class Form:
    """How the records are written: Python's dialect, the number of columns, and which records are none."""

    dialect: csv.Dialect
    width: int
    first_row: int
    comment_rows: frozenset[int]
    comment: str
    skip_blank: bool
    token: str = field(default_factory=secrets.token_hex)
    """The first cell of a record that is put behind the last: if a quote is left open, it swallows that record."""

    @property
    def last_record(self) -> bytes:
        """The record to put behind the last one."""
        return (self.token + self.dialect.delimiter * (self.width - 1) + "\n").encode()

    def is_content(self, number: int, cells: list[str]) -> bool:
        """Whether a record counts: below the header, no comment, not blank where blank ones are skipped."""
        if number < self.first_row or number in self.comment_rows:
            return False
        if self.comment and cells and cells[0].startswith(self.comment):
            return False
        return not self.skip_blank or any(cells)


@dataclass(frozen=True)
class Block:
    """Records of the full width as columns of text, with their numbers; `ragged` are those of another width."""

    numbers: np.ndarray
    columns: tuple[pa.StringArray, ...]
    ragged: tuple[tuple[int, list[str]], ...]


def blocks(open_bytes: Callable[[], Any], form: Form, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """Yield the content of a file in blocks; `open_bytes` gives its UTF-8 bytes, each time from the start.

    Raises:
        UnprovenError: the text cannot be read in bulk as Python's csv would read it.
    """
    seen, strays, ended, held = 0, _Strays(form), False, None
    for batch in _ahead(lambda: _batches(open_bytes, form, size, strays)):
        ended = bool(batch.num_rows) and batch.column(0)[-1].as_py() == form.token
        whole = batch.slice(0, batch.num_rows - 1) if ended else batch
        # The last block may hold the record that swallowed the token: who reads it might not read on.
        if held is not None:
            yield held
        held = _block(whole, seen, form, strays)
        seen += batch.num_rows
    if not ended:
        raise UnprovenError(OPEN_QUOTE)
    if held is not None:
        yield held
    rest = strays.take(None)
    if rest:
        nothing = texts([])
        yield Block(np.zeros(0, np.int64), (nothing,) * form.width, tuple(rest))


class _Strays:
    """Records of another width, met while the file is parsed ahead."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._numbers: list[int] = []
        self._waiting: list[tuple[int, list[str]]] = []
        self._taken = 0

    def add(self, row: Any) -> str:
        """Keep a record that is too short or too long (called by the parser)."""
        text = row.text
        cells = next(csv.reader(io.StringIO(text, newline=""), self._form.dialect), [])
        self._numbers.append(row.number)
        self._waiting.append((row.number, cells))
        return "skip"

    def numbers(self, start: int, count: int) -> np.ndarray:
        """Return the record numbers of `count` full records after `start` earlier ones."""
        strays = self._numbers
        first = self._number(start)
        after = bisect_right(strays, first)
        if count and (after == len(strays) or strays[after] > first + count - 1):
            return np.arange(first, first + count, dtype=np.int64)
        return np.array([self._number(start + place) for place in range(count)], np.int64)

    def take(self, full: int | None) -> list[tuple[int, list[str]]]:
        """Return and forget the records after at most `full` full ones (all when None) that count as content."""
        waiting, split = self._waiting, 0
        while split < len(waiting) and (full is None or waiting[split][0] <= full + self._taken + split + 1):
            split += 1
        taken = waiting[:split]
        # In place: the parser adds to this very list from its own thread.
        del waiting[:split]
        self._taken += split
        if taken and any(self._form.token in cell for cell in taken[-1][1]):
            raise UnprovenError(OPEN_QUOTE)
        return [stray for stray in taken if self._form.is_content(*stray)]

    def _number(self, place: int) -> int:
        number = place + 1
        while True:
            shifted = place + 1 + bisect_right(self._numbers, number)
            if shifted == number:
                return number
            number = shifted


def _block(batch: pa.RecordBatch, seen: int, form: Form, strays: _Strays) -> Block:
    numbers = strays.numbers(seen, batch.num_rows)
    ragged = strays.take(seen + batch.num_rows)
    kept = _content(batch, numbers, form)
    if kept is not None:
        batch, numbers = picked(batch, kept), numbers[kept]
    return Block(numbers, tuple(batch.columns), tuple(ragged))


def _content(batch: pa.RecordBatch, numbers: np.ndarray, form: Form) -> np.ndarray | None:
    """Return the places of the records that count, None when all do."""
    plain = not form.comment and not form.skip_blank
    if plain and (not len(numbers) or numbers[0] >= form.first_row) and not form.comment_rows:
        return None
    fine = (numbers >= form.first_row) & ~np.isin(numbers, list(form.comment_rows))
    if form.comment:
        starts = pa.compute.starts_with(batch.column(0), form.comment)
        fine &= ~flags(starts)
    if form.skip_blank:
        filled = [flags(pa.compute.not_equal(column, "")) for column in batch.columns]
        fine &= np.logical_or.reduce(filled)
    return None if fine.all() else np.flatnonzero(fine)


def _batches(
    open_bytes: Callable[[], Any], form: Form, size: int, strays: _Strays
) -> Iterator[pa.RecordBatch]:
    names = [f"{place}" for place in range(form.width)]
    dialect = form.dialect
    quoting = dialect.quoting != csv.QUOTE_NONE
    with open_bytes() as file:
        reader = pacsv.open_csv(
            WholeLineEnds(file),
            read_options=pacsv.ReadOptions(column_names=names, block_size=size, use_threads=False),
            parse_options=pacsv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=(dialect.quotechar if quoting else None) or False,
                double_quote=dialect.doublequote,
                escape_char=False,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=strays.add,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                check_utf8=False,
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
        yield from reader


def _ahead(start: Callable[[], Iterator[pa.RecordBatch]]) -> Iterator[pa.RecordBatch]:
    """Yield what an iterator gives, which runs ahead in a thread of its own."""
    waiting: queue.Queue[Any] = queue.Queue(AHEAD)
    stopped = threading.Event()

    def run() -> None:
        try:
            for item in start():
                if stopped.is_set():
                    return
                waiting.put(item)
            waiting.put(None)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that asked
            waiting.put(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    with _stopping(stopped, waiting, thread):
        while (item := waiting.get()) is not None:
            if isinstance(item, pa.ArrowInvalid):
                raise UnprovenError(str(item)) from item
            if isinstance(item, BaseException):
                raise item
            yield item


@contextmanager
def _stopping(
    stopped: threading.Event, waiting: queue.Queue[Any], thread: threading.Thread
) -> Iterator[None]:
    """Let two threads take turns quickly, and the one end whatever happens to the other that reads from it."""
    patience = sys.getswitchinterval()
    sys.setswitchinterval(min(patience, TURN_SECONDS))
    try:
        yield
    finally:
        sys.setswitchinterval(patience)
        stopped.set()
        while thread.is_alive():
            try:
                waiting.get(timeout=0.05)
            except queue.Empty:
                continue
