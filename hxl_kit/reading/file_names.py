"""Names under which files can be written on every system, made from what others called them."""

from __future__ import annotations

import re
from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from hxl_kit.reading.paths import DEVICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_UNSAFE = re.compile(r"[^\w.()+-]+")
_NAME_BYTES = 200
"""So long a name, with a number, can be written wherever names end at 255 bytes."""


def safe_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return safe names in the same order, no two alike, and none that is taken; upper and lower case count as one."""
    used = {name.casefold() for name in taken}
    found = []
    for name in names:
        chosen = next(each for each in _numbered(_safe(name)) if each.casefold() not in used)
        used.add(chosen.casefold())
        found.append(chosen)
    return found


def _safe(name: str) -> str:
    """Return a name without what some system refuses or hides; of a long one the end stays, with its ending."""
    plain = _UNSAFE.sub("_", name).encode()[-_NAME_BYTES:].decode(errors="ignore").strip(".") or "file"
    return f"_{plain}" if DEVICE.match(plain) else plain


def _numbered(name: str) -> Iterator[str]:
    yield name
    path = PurePosixPath(name)
    yield from (f"{path.stem}-{number}{path.suffix}" for number in count(2))
