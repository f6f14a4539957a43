"""Line ends of delimited files, which pyarrow's parser must not see in halves."""

from __future__ import annotations

import io
from typing import IO


class WholeLineEnds(io.RawIOBase):
    """Bytes in pieces of two or more that never end between the two halves of a line end.

    The parser takes a line feed at the start of a piece for the rest of a line end, and drops it also inside quotes.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Read a file from where it stands; it is not closed here."""
        super().__init__()
        self._file, self._held = file, b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, no longer than `size`, all that is left if that is negative; b"" at the end."""
        text = self._held + self._file.read(-1 if size < 0 else max(0, size - len(self._held)))
        self._held = self._file.read(1) if text.endswith(b"\r") else b""
        if self._held == b"\n" and len(text) > 1:
            text, self._held = text[:-1], b"\r\n"
        return text
