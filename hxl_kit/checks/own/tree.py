"""What a rule says, as a tree: values that it states, columns, and operations on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.checks.own.tokens import refuse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

DEPTH = 60
"""How many operations may be applied to the results of others."""


@dataclass(frozen=True)
class Literal:
    """A value that the rule states."""

    at: int
    value: str | float | bool | dt.date


@dataclass(frozen=True)
class Reference:
    """A column: by its name, or by a tag pattern, which begins with a number sign."""

    at: int
    name: str

    @property
    def by_tag(self) -> bool:
        """Whether the column is named by a tag pattern."""
        return self.name.startswith(("#", "*"))


@dataclass(frozen=True)
class Operation:
    """An operator or a function and what it is applied to; `depth` counts the operations below it and itself."""

    at: int
    name: str
    parts: tuple[Node, ...]
    depth: int


Node = Literal | Reference | Operation


def operation(at: int, name: str, *parts: Node) -> Operation:
    """Return an operation on parts of a tree.

    Raises:
        UsageError: it is the result of too many others.
    """
    depth = 1 + max((part.depth for part in parts if isinstance(part, Operation)), default=0)
    if depth > DEPTH:
        refuse(at, f"more than {DEPTH} operations on each other's results; write several rules")
    return Operation(at, name, parts, depth)


def references(node: Node) -> Iterator[Reference]:
    """Yield the columns of a tree, in the order of the text."""
    if isinstance(node, Reference):
        yield node
    elif isinstance(node, Operation):
        for part in node.parts:
            yield from references(part)
