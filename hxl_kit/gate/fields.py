"""What the gate knows of one field: its constraints, its missing values and frictionless' reader of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from frictionless import Field


class Handler(NamedTuple):
    """What frictionless' rows ask for each of their cells.

    Its own maker of handlers copies each field through its descriptor, which takes longer than to read a small table.
    """

    field: Field
    field_number: int
    reader: Callable[[Any], tuple[Any, dict[str, str] | None]]
    writer: Callable[..., tuple[Any, dict[str, str] | None]]


@dataclass(frozen=True)
class Column:
    """A field as frictionless reads it, and where it stands in the table (from 0)."""

    index: int
    name: str
    type: str
    format: str
    field: Field
    missing: tuple[str, ...]
    constraints: dict[str, Any]
    reader: Callable[[Any], tuple[Any, dict[str, str] | None]]

    @property
    def number(self) -> int:
        """The field's number, counted from 1 as frictionless does."""
        return self.index + 1

    @property
    def required(self) -> bool:
        """Whether a missing cell is an error."""
        return bool(self.constraints.get("required"))

    @property
    def unique(self) -> bool:
        """Whether the field's values may occur once only."""
        return bool(self.field.constraints.get("unique"))

    def limits(self, *names: str) -> dict[str, Any]:
        """Return the constraints of these names, read as values of the field's type."""
        read = self.field.create_value_reader()
        return {name: read(self.constraints[name]) for name in names if name in self.constraints}


def column_of(index: int, handler: Handler, missing: list[str]) -> Column:
    """Return the column for a cell handler; `missing` are the schema's missing values."""
    field = handler.field
    own = field.has_defined("missing_values")
    supported = field.supported_constraints
    return Column(
        index=index,
        name=field.name,
        type=field.type,
        format=field.format,
        field=field,
        missing=tuple(field.missing_values if own else missing),
        constraints={
            name: value
            for name, value in field.constraints.items()
            if name in supported and value is not None and not (name == "required" and not value)
        },
        reader=handler.reader,
    )
