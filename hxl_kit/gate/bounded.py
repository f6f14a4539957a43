"""Patterns that could take for ever: run where they can be ended, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit.gate.patterns import decided_in_bulk
from hxl_kit.reading.patterns import SlowPatternError, check_pattern, grows_with_length, matches
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from frictionless import Field, Resource

    Notes = dict[str, str]
    Read = tuple[Any, Notes | None]

REMEMBERED = 100_000


def is_slow(constraints: dict[str, Any]) -> bool:
    """Whether a field's pattern may take for ever, on a short text or on a long one."""
    pattern = constraints.get("pattern")
    return isinstance(pattern, str) and (check_pattern(pattern) is not None or grows_with_length(pattern))


def refuse_slow_patterns(resource: Resource) -> None:
    """Keep a resource from frictionless' own reader when one of its patterns may take for ever on a short text.

    Raises:
        SlowPatternError: there is one; it is named.
    """
    for one in resource.schema.fields if resource.schema else ():
        pattern = one.constraints.get("pattern")
        if isinstance(pattern, str) and check_pattern(pattern) is not None:
            raise SlowPatternError(
                f"the pattern '{shown(pattern)}' may take for ever, so this file was not judged: "
                "write it without repetitions inside repetitions"
            )


@dataclass
class BoundedReader:
    """frictionless' reader of a field's cells, its pattern aside, which is run within a time."""

    owner: Field
    plain: Callable[[Any], Read] = field(init=False)
    known: dict[Any, Read] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the reader without the pattern."""
        without = self.owner.to_copy()
        without.schema = self.owner.schema
        without.constraints = {
            name: value for name, value in without.constraints.items() if name != "pattern"
        }
        self.plain = without.create_cell_reader()

    def __call__(self, cell: Any) -> Read:
        """Return a cell's value and what is wrong with it.

        Raises:
            SlowPatternError: the pattern is not done in time.
        """
        if cell not in self.known:
            self.meet([cell])
        value, notes = self.known[cell]
        return value, dict(notes) if notes else notes

    def meet(self, cells: Iterable[Any]) -> None:
        """Read cells together: a pattern is run on all of them at once."""
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        read = {cell: self.plain(cell) for cell in cells if cell not in self.known}
        texts = [value for value, _ in read.values() if isinstance(value, str)]
        pattern = self.owner.constraints["pattern"]
        fits = decided_in_bulk(pattern, texts)
        rest = [text for text in texts if text not in fits]
        fits |= zip(rest, matches(f"^{pattern}$", rest), strict=True)
        for cell, (value, notes) in read.items():
            fine = not isinstance(value, str) or fits[value]
            self.known[cell] = value, notes if fine else self._noted(notes)

    def _noted(self, notes: Notes | None) -> Notes:
        """Return the notes with the pattern's, in frictionless' order."""
        told = {**(notes or {}), "pattern": f'constraint "pattern" is "{self.owner.constraints["pattern"]}"'}
        return {name: told[name] for name in self.owner.supported_constraints if name in told}
