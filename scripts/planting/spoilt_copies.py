"""Copies of a package cut down to one table, each spoilt by the plant of one check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planting.plants import Copy, Specimen, Spot
from planting.sound_rows import SOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Plant = Callable[[Copy], Spot | tuple[Spot, ...]]

TABLE, COMPANION, PARQUET = "sources", "sources-hxl", "sources-parquet"
PLANTS: dict[str, tuple[Plant, tuple[str, ...]]] = {}
"""By check, what plants its error, and the resources that it needs."""

NOT_CHECKED = (Spot("not-checked", TABLE), Spot("not-checked", TABLE))
"""Told of a table that cannot be read: the themes did not look at it, nor did the check of its hashtags."""


def plant(check: str, *resources: str) -> Callable[[Plant], Plant]:
    """Return the decorator that makes a function the plant of a check."""

    def registered(function: Plant) -> Plant:
        PLANTS[check] = function, resources or (TABLE,)
        return function

    return registered


def package_specimens(package: Path, folder: Path) -> Iterator[Specimen]:
    """Yield a copy of a package for each check that needs one of its own."""
    for check, (spoil, resources) in PLANTS.items():
        copy = Copy.of(package, folder / check, resources)
        told = spoil(copy)
        planted, *beside = told if isinstance(told, tuple) else (told,)
        yield Specimen(copy.save(), (planted,), tuple(beside))


def sound_row(copy: Copy, name: str = TABLE, /, **cells: str) -> int:
    """Add a sound row with these cells to the table or its companion, and return its number."""
    sound = {column: str(cell) for column, cell in SOUND[TABLE].items()}
    return copy.append(name, [{**sound, "source_id": "planted", **cells}])


def each_line(copy: Copy, change: Callable[[str, int], str]) -> None:
    """Change each line of the table's file, by its text and number from 0."""
    lines = copy.file(TABLE).read_text(encoding="utf-8").splitlines()
    copy.rewrite(TABLE, "".join(f"{change(line, n)}\n" for n, line in enumerate(lines)))


def not_ours(copy: Copy) -> None:
    """Take away what makes the package one of hxl_kit, whose profile asks more."""
    for key in ("$schema", "provenance"):
        copy.descriptor.pop(key)
