"""What is asked: a table, the fields to add by, the rows to take, the sources that are known to be disjoint."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from hxl_kit.errors import UsageError, nearest, require_known
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.tables import table
from hxl_kit.summarising.meeting import SEPARATOR
from hxl_kit.summarising.shapes import SHAPES, TABLES, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_PERSONS = 100


@dataclass(frozen=True)
class Request:
    """A question to `summarise`.

    Attributes:
        table: casualties, displacement, indicators or events.
        by: the fields to add by.
        where: by field, the values of the rows to take ("" for an empty cell).
        disjoint: sets of sources that are known to count different people.
        household_size: persons per household, None to leave households as they are.
    """

    table: str
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    disjoint: tuple[frozenset[str], ...] = ()
    household_size: Decimal | None = None

    @property
    def shape(self) -> Shape:
        """How the rows of the table are read as figures."""
        return SHAPES[self.table]

    @property
    def fixed(self) -> frozenset[str]:
        """The fields whose value every group has in common, by the question itself."""
        return frozenset(self.by) | {name for name, _ in self.where}

    @property
    def apart(self) -> list[str]:
        """The pairs of sources that are declared disjoint, both ways round, as texts."""
        pairs = {(a, b) for declared in self.disjoint for a in declared for b in declared if a != b}
        return sorted(f"{a}{SEPARATOR}{b}" for a, b in pairs)


def make_request(
    table_name: str,
    *,
    by: Iterable[str] = (),
    where: Iterable[str] = (),
    disjoint: Iterable[str] = (),
    household_size: str | None = None,
) -> Request:
    """Return the question that options ask: `by` fields, `where` FIELD=VALUE, `disjoint` SOURCE,SOURCE.

    Raises:
        UsageError: there is no such table, field or code, or an option cannot be read.
    """
    if table_name not in TABLES:
        near = nearest(table_name, TABLES) or f"; those with figures are {', '.join(TABLES)}"
        raise UsageError(f"no table to summarise '{table_name}'{near}")
    return Request(
        table_name,
        tuple(dict.fromkeys(_key(table_name, name) for name in _split(by))),
        _conditions(table_name, where),
        tuple(_sources(text) for text in disjoint),
        None if household_size is None else _household_size(table_name, household_size),
    )


def _split(texts: Iterable[str]) -> list[str]:
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def _field(table_name: str, name: str) -> str:
    known = table(table_name).names
    if name not in known:
        raise UsageError(f"summarise: {table_name} has no field '{name}'{nearest(name, known)}")
    return name


def _key(table_name: str, name: str) -> str:
    shape = SHAPES[table_name]
    if name in (shape.value, shape.low, shape.high):
        raise UsageError(
            f"--by {name}: is the number that is added; name a field that says what, who, where or when"
        )
    return _field(table_name, name)


def _conditions(table_name: str, where: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = defaultdict(list)
    for text in where:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--where {text}: is not FIELD=VALUE, such as location_code=SYR")
        field = table(table_name)[_field(table_name, name.strip())]
        if field.codelist and value:
            require_known(f"{field.name}", value, codelist(field.codelist).values)
        found[field.name].append(value)
    return tuple((name, tuple(values)) for name, values in found.items())


def _sources(text: str) -> frozenset[str]:
    named = frozenset(_split([text]))
    if len(named) < 2:  # noqa: PLR2004 - disjoint is said of two
        raise UsageError(f"--disjoint {text}: name at least two sources, separated by a comma")
    return named


def _household_size(table_name: str, text: str) -> Decimal:
    if table_name not in ("casualties", "displacement"):
        raise UsageError(f"--household-size: {table_name} has no households to turn into persons")
    try:
        size = Decimal(text)
    except InvalidOperation:
        size = Decimal(0)
    if not (size.is_finite() and 1 <= size <= _MOST_PERSONS):
        raise UsageError(f"--household-size {text}: is not a number of persons such as 5 or 4.7")
    return size
