"""Which layer and which column of a file of boundaries has the P-codes of the units that are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.errors import InputError, nearest
from hxl_kit.places.gazetteer.admin_columns import known_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.places.boundaries.formats import Layer

NAMES_SHOWN = 12


def chosen(
    layers: Sequence[Layer], level: int | None, code_field: str | None
) -> tuple[Layer, str, int | None]:
    """Return the layer, its column of P-codes, and the level that the column's name tells.

    Without a level the finest is taken. Of several layers with codes of the level, the one that has none of a finer
    level: its polygons are the units themselves.

    Raises:
        InputError: no layer has such a column, or several have it alike.
    """
    if not layers:
        raise InputError("holds no layer of polygons")
    if code_field is not None:
        holders = [layer for layer in layers if code_field in layer.columns]
        if not holders:
            near = nearest(code_field, (name for layer in layers for name in layer.columns))
            raise InputError(f"has no column {code_field!r}{near}")
        return _single(holders), code_field, level
    wanted = level or max((found for layer in layers for found in _codes(layer)), default=0)
    holders = [layer for layer in layers if wanted in _codes(layer)]
    if not holders:
        of_level = f" of level {level}" if level else ""
        raise InputError(
            f"has no known column of P-codes{of_level}, but {_listed(layers) or 'no columns'}; name it with code_field"
        )
    layer = _single(holders)
    return layer, _codes(layer)[wanted], wanted


def _single(holders: Sequence[Layer]) -> Layer:
    """Return the layer of the units themselves; one of finer units has their codes too."""
    finest = [max(_codes(layer), default=0) for layer in holders]
    found = [layer for layer, level in zip(holders, finest, strict=True) if level == min(finest)]
    if len(found) > 1:
        names = ", ".join(f"{layer.name!r}" for layer in found[:NAMES_SHOWN])
        raise InputError(
            f"has several layers of these units: {names}; save the one you want in a file of its own"
        )
    return found[0]


def _codes(layer: Layer) -> dict[int, str]:
    """Return the columns of P-codes by level; of two for one level, the first."""
    found: dict[int, str] = {}
    for column in known_columns(layer.columns):
        if column.part == "code" and column.level:
            found.setdefault(column.level, column.name)
    return found


def _listed(layers: Sequence[Layer]) -> str:
    names = list(dict.fromkeys(name for layer in layers for name in layer.columns))
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(f"{name[:60]!r}" for name in names[:NAMES_SHOWN]) + more
