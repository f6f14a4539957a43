"""The sources: one module (or folder) each, found by being here; a name with a leading underscore is shared by several."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from hxl_kit.errors import UsageError, nearest

if TYPE_CHECKING:
    from hxl_kit.sources.definition import Source

_NOT_SOURCES = frozenset({"definition", "layout", "own_tables"})


def source_ids() -> tuple[str, ...]:
    """Return the ids of all sources, sorted; an id is the name of the source's module."""
    return tuple(
        sorted(
            m.name
            for m in pkgutil.iter_modules(__path__)
            if m.name not in _NOT_SOURCES and not m.name.startswith("_")
        )
    )


@cache
def source(source_id: str) -> Source:
    """Return a source.

    Raises:
        UsageError: there is no source of that id.
    """
    known = source_ids()
    if source_id not in known:
        raise UsageError(
            f"sources: no source '{source_id}'{nearest(source_id, known)} (known: {', '.join(known)})"
        )
    found: Source = import_module(f"{__name__}.{source_id}").SOURCE
    return found
