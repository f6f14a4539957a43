"""What reading gives: a table whose cells are all text, and a plain account of what was done to get it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.files import reason_of
from hxl_kit.reading.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from hxl_kit.standard.tags import Tag

ROW_NUMBER = "row_number"
"""The first column of every frame: the record's number in its file, the file's first record being 1."""

VISIBLE = r"[^\s\x1c-\x1f]"
"""A character that is no white space; a record without one is blank."""

BULK_BYTES = 16 << 20
"""Of so many bytes in memory, or a few more, the parts are that `TableText.in_bulk` gives."""

NAMES_SHOWN = 8
SHOWN_CHARACTERS = 60


class Doubt(str):
    """A note on a choice that the file leaves open: reading makes it and says so, validation refuses it."""

    __slots__ = ()


class PlaceDoubt(Doubt):
    """A doubt on where in the file the table is, which a known source settles: its files are like that."""

    __slots__ = ()


@dataclass(frozen=True)
class BadRow:
    """A record with too many or too few cells; `text` is the record as received (never put into a message)."""

    row_number: int
    reason: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Batch:
    """Some of a table's records: the good ones as a frame, the ragged ones, and how many were blank."""

    frame: pl.DataFrame
    bad: tuple[BadRow, ...] = ()
    blank: int = 0


@dataclass(frozen=True)
class TableText:
    """A table as text, open for reading.

    Attributes:
        path: the file as the user named it.
        format: "csv" (any delimiter), "json", "parquet", or a workbook's: "xlsx", "xls", "xlsb", "ods".
        encoding: what the text was decoded from; "" for a workbook.
        delimiter: what separates the cells; "" for a workbook.
        sheet: the sheet's name; None outside a workbook.
        header: the columns' names, unique, in order.
        tags: the columns' HXL tags; all None without a hashtag row.
        first_row: the record number of the first record below the header and hashtags.
        notes: what was done to the file, in plain words; a `Doubt` where the file leaves open what to do.
        aside: what stands above the data and neither names nor tags a column, such as a title, with its row's number.
        date_system: of a workbook, the year from which it counts the days: "1900" or "1904"; "" outside one.
    """

    path: Path
    format: str
    encoding: str
    delimiter: str
    sheet: str | None
    header: tuple[str, ...]
    tags: tuple[Tag | None, ...]
    first_row: int
    notes: tuple[str, ...]
    read: Callable[[], Iterator[Batch]] = field(repr=False, compare=False)
    date_system: str = field(default="", kw_only=True)
    aside: tuple[tuple[int, str], ...] = field(default=(), repr=False, kw_only=True)

    def batches(self) -> Iterator[Batch]:
        """Return the table's records in the file's order, a part at a time; each call starts anew.

        A frame holds `row_number` (UInt32), then every column as String: text exactly as received, an empty
        cell null. Blank records are counted and left out. Good, bad and blank records together are all there is.

        Raises:
            InputError: the file cannot be read any further.
        """
        return self.read()

    def in_bulk(self) -> Iterator[Batch]:
        """Return what `batches` does, in larger parts: for work that has a price for each part, and memory for it."""
        taken: list[Batch] = []
        for batch in self.batches():
            taken.append(batch)
            if sum(each.frame.estimated_size() for each in taken) >= BULK_BYTES:
                whole, taken = _whole(taken), []
                yield whole
        if taken:
            yield _whole(taken)


def _whole(batches: Sequence[Batch]) -> Batch:
    """Return batches that follow one another as one."""
    return Batch(
        pl.concat(batch.frame for batch in batches),
        tuple(bad for batch in batches for bad in batch.bad),
        sum(batch.blank for batch in batches),
    )


def shown(text: str) -> str:
    """Return a name from a file as it may stand in a message: one line, no control codes, not too long, masked.

    Masked are e-mail addresses and long numbers (`reading.masking`).
    """
    text = masked(text)
    cut = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


def listed(names: Sequence[str]) -> str:
    """Return names from a file as a list for a message: "a, b" or, when there are many, "a, b … and 12 more"."""
    first = ", ".join(shown(name) for name in names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    return f"{first} … and {more} more" if more > 0 else first


def counted(number: int, noun: str) -> str:
    """Return "1 cell", "2 cells"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@contextmanager
def plain_words(label: str) -> Iterator[None]:
    """Turn an error of the operating system (disk full, no permission, …) into an InputError about `label`."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{label}: {reason_of(error)}") from error


def numbered(frame: pl.DataFrame, numbers: pl.Series, first: int) -> tuple[pl.DataFrame, int]:
    """Return the records from number `first` on that hold more than white space, and how many hold none."""
    below = frame.select(numbers.alias(ROW_NUMBER), pl.all())
    if frame.height and numbers[0] < first:
        below = below.filter(pl.col(ROW_NUMBER) >= first)
    blank = _blank(below)
    return below.filter(~pl.col(ROW_NUMBER).is_in(blank.implode())) if len(blank) else below, len(blank)


def _blank(records: pl.DataFrame) -> pl.Series:
    """Return the numbers of the records without a visible character; few are left after the first columns."""
    rest = records
    for name in records.columns[1:]:
        if rest.is_empty():
            break
        rest = rest.filter(~pl.col(name).str.contains(VISIBLE).fill_null(False))
    return rest[ROW_NUMBER]
