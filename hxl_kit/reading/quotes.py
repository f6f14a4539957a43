"""One look at every byte of a delimited file before it is parsed: is it text, and are its quotes in order?

A parser takes a quote that never closes for a very long cell, and rows vanish into it without an error. So the
quotes are followed here by the parser's own rules: a quote opens a cell only at the cell's start, two inside are
one, text after the closing quote belongs to the cell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from hxl_kit.errors import InputError
from hxl_kit.files import CHUNK_BYTES
from hxl_kit.reading.encodings import Utf8, line_at, require_utf8
from hxl_kit.reading.table import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD_BYTES = 16 << 20
"""The longest record that is read; the parser works on blocks of this size."""


def check_text(label: str, text: Utf8, delimiter: str) -> tuple[str, ...]:
    """Return notes on a delimited file's quotes and line ends, after a look at all of it.

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
    return ends + quotes.finish()


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
        ends = b"[" + re.escape(delimiter.encode()) + rb"\r\n]"
        cell = rb'"(?<=' + ends + rb'")[^"]*+(?:""[^"]*+)*+'  # the look-behind stands after the quote for speed
        self.clean = re.compile(cell + rb'"(?=' + ends + rb")")
        self.any = re.compile(cell + rb'(?P<close>"?)(?P<tail>(?!' + ends + rb'))|"')
        self.open = b""
        self.stray: list[int] = []
        self.strays = self.tails = 0

    def follow(self, offset: int, block: bytes) -> None:
        """Take the next block, whose first byte is at `offset`.

        Raises:
            InputError: rows would vanish into a quoted cell.
        """
        text = b"\n" + self.open + block
        start = offset - len(self.open) - 1
        self.open = b""
        if b'"' in self.clean.sub(b"", text):
            self._follow_strays(start, text)
        if len(self.open) > RECORD_BYTES:
            self._refuse_open(offset + len(block))
        self.end = offset + len(block)

    def finish(self) -> tuple[str, ...]:
        """Return what is to be said about the quotes at the end of the file.

        Raises:
            InputError: a quoted cell is still open.
        """
        if self.open and not self.open.rstrip(b"\r\n").endswith(b'"'):
            self._refuse_open(self.end)
        return ()
