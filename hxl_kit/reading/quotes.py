"""One look at every byte of a delimited file before it is parsed: is it text, and are its quotes in order?

A parser takes a quote that never closes for a very long cell, and rows vanish into it without an error. So the
quotes are followed here by the parser's own rules: a quote opens a cell only at the cell's start, two inside are
one, text after the closing quote belongs to the cell.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from hxl_kit.errors import InputError
from hxl_kit.files import CHUNK_BYTES
from hxl_kit.reading.encodings import Utf8, line_at, require_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD_BYTES = 16 << 20
"""The longest record that is read."""

INSIDE = "inside unquoted cells, kept as text"
AFTER = "closed before the end of their cells and dropped"


class Checked(NamedTuple):
    """What a look at all of a delimited file found: notes, and a number of bytes that no record exceeds."""

    notes: tuple[str, ...]
    longest: int


def check_text(label: str, text: Utf8, delimiter: str) -> Checked:
    """Return what a delimited file's quotes and line ends are, after a look at all of it.

    Raises:
        InputError: it is not UTF-8, holds NUL bytes, a quote never closes, rows would vanish into a quoted
            cell, or a record is longer than 16 MiB.
    """
    quotes = Quotes(label, text.file, delimiter)
    feeds = returns = False
    with text.file.open("rb") as stream:
        for offset, block in line_blocks(label, text.file, stream):
            if not text.checked:
                require_utf8(label, text.file, offset, block)
            quotes.follow(offset, block)
            feeds = feeds or b"\n" in block
            returns = returns or b"\r" in block
    ends = ("line ends are CR alone (old Macintosh)",) if returns and not feeds else ()
    return Checked(ends + quotes.finish(), quotes.longest)


def line_blocks(label: str, file: Path, stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines, about 1 MiB at a time, each with the offset of its first byte."""
    offset, rest = 0, b""
    while chunk := stream.read(CHUNK_BYTES):
        rest += chunk
        end = 1 + (rest.rfind(b"\n") if b"\n" in rest else rest[:-1].rfind(b"\r"))
        if end:
            yield offset, rest[:end]
            offset, rest = offset + end, rest[end:]
        elif len(rest) > RECORD_BYTES:
            raise InputError(f"{label}: line {line_at(file, offset)} is longer than {RECORD_BYTES >> 20} MiB")
    if rest:
        yield offset, rest


class Quotes:
    """Follows the quotes of a delimited file through blocks of whole lines."""

    def __init__(self, label: str, file: Path, delimiter: str) -> None:
        self.label, self.file = label, file
        self.ends = delimiter.encode() + b"\r\n"
        end = b"[" + re.escape(self.ends) + b"]"
        # The look-behind stands after its quote: a pattern that begins with a plain byte is ten times faster.
        cell = rb'"(?<=' + end + rb'")[^"]*+(?:""[^"]*+)*+'
        self.clean = re.compile(cell + rb'"(?=' + end + rb")")
        self.quote = re.compile(cell + rb'(?P<close>"?)|"')
        self.open, self.opened = b"", 0
        self.longest = self.reach = 0
        self.strays = {INSIDE: 0, AFTER: 0}
        self.first: dict[str, int] = {}

    def follow(self, offset: int, block: bytes) -> None:
        """Take the next block, whose first byte is at `offset`.

        Raises:
            InputError: rows would vanish into a quoted cell.
        """
        start, size = offset - len(self.open), len(block)
        if offset == 0 and block.startswith(BOM_UTF8):
            start, block = len(BOM_UTF8), block[len(BOM_UTF8) :]
        ending = b"" if block.endswith((b"\n", b"\r")) else b"\n"
        text = b"\n" + self.open + block + ending
        rest = self.clean.sub(b"", text)
        self._measure(size, rest)
        self.open = b""
        if b'"' in rest:
            self._follow_each(start - 1, text)
        if len(self.open) > RECORD_BYTES:
            self._refuse_open()

    def finish(self) -> tuple[str, ...]:
        """Return notes on quotes that are not as RFC 4180 has them.

        Raises:
            InputError: a quoted cell is still open.
        """
        if self.open:
            self._refuse_open()
        return tuple(
            f"stray quotes {kind} ({count}, the first in line {line_at(self.file, self.first[kind])})"
            for kind, count in self.strays.items()
            if count
        )

    def _measure(self, size: int, rest: bytes) -> None:
        """Take note of how long a record can be that ends in a block, or goes on beyond it.

        A record reaches into the block where a cell is open, and through all of it if no line ends before the next
        quote: `rest` is the block without its quoted cells.
        """
        reach = size + (self.reach if self.open else 0)
        self.longest = max(self.longest, reach)
        before = rest[1:].partition(b'"')[0]
        self.reach = size if b"\n" in before or b"\r" in before else reach

    def _follow_each(self, start: int, text: bytes) -> None:
        for match in self.quote.finditer(text):
            position = start + match.start()
            if match["close"] is None:
                self._count(INSIDE, position)
            elif not match["close"]:
                self.open, self.opened = match[0], position
            elif text[match.end()] not in self.ends:
                self._require_one_line(position, match[0])
                self._count(AFTER, position)

    def _count(self, kind: str, position: int) -> None:
        self.strays[kind] += 1
        self.first.setdefault(kind, position)

    def _require_one_line(self, position: int, cell: bytes) -> None:
        if b"\n" in cell or b"\r" in cell:
            first, last = line_at(self.file, position), line_at(self.file, position + len(cell))
            raise InputError(
                f"{self.label}: line {first}: a quote opens a cell, and text follows where it closes (line {last}); "
                "rows would vanish into that cell; remove the stray quote, or double the quotes inside the cell",
            )

    def _refuse_open(self) -> None:
        raise InputError(
            f"{self.label}: line {line_at(self.file, self.opened)}: a quote opens a cell and never closes; "
            "the rows below would vanish into that cell; remove the stray quote or close it",
        )
