"""Whether bytes that come in pieces are UTF-8, told without decoding them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from hxl_kit.gate.unproven import UnprovenError

CONTINUES, STARTS = 0x80, 0xC0
"""A byte of a character beyond its first has the bits 10 in front; a first one of several has 11."""


class Utf8Check:
    """Looks at pieces of a text; a character may lie across two of them."""

    def __init__(self) -> None:
        """Begin with nothing left over."""
        self._rest = b""

    def look_at(self, piece: bytes) -> None:
        """Look at the next piece; an empty one is the end.

        Raises:
            UnprovenError: this is not UTF-8.
        """
        text = self._rest + piece if self._rest else piece
        whole = len(text) - _begun(text) if piece else len(text)
        self._rest = text[whole:]
        sizes = pa.py_buffer(np.array([0, whole], np.int32))
        try:
            pa.Array.from_buffers(pa.string(), 1, [None, sizes, pa.py_buffer(text)]).validate(full=True)
        except pa.ArrowInvalid as error:
            raise UnprovenError("not UTF-8") from error


def _begun(text: bytes) -> int:
    """Return how many bytes at the end belong to a character that is not complete."""
    for place in range(1, min(3, len(text)) + 1):
        byte = text[-place]
        if byte & STARTS == STARTS:
            size = 2 + (byte >= 0xE0) + (byte >= 0xF0)  # noqa: PLR2004 - first bytes of three and four
            return place if size > place else 0
        if byte < CONTINUES:
            return 0
    return 0
