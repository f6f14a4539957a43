"""JSON records as columns of text: one for each key, with dots for those of objects inside a record."""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from hxl_kit.reading.json_text import compact
from hxl_kit.reading.limits import COLUMNS
from hxl_kit.reading.limits import JSON_LEVELS as LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Keys = tuple[str, ...]

CELLS = 50_000_000
"""Records with many different keys have mostly empty cells; so many in a part are names of things used as keys."""


class TooManyKeysError(ValueError):
    """The records have so many different keys that these are values."""


class Column(NamedTuple):
    """The values of one column and their types."""

    values: Sequence[Any]
    kinds: set[type]

    @property
    def is_nested(self) -> bool:
        """Whether any value becomes JSON text, for which numbers must be told from texts."""
        if dict in self.kinds:
            return True
        lists = (value for value in self.values if isinstance(value, list)) if list in self.kinds else ()
        return any(isinstance(item, dict | list) for value in lists for item in value)

    def texts(self, name: str) -> pl.Series:
        """Return the cells: numbers and texts as they are, lists joined or as JSON, null for null and "".

        Raises:
            RecursionError: a value is nested beyond 64 levels.
            UnicodeEncodeError: a text holds a lone surrogate.
        """
        plain = self.kinds <= {str, type(None)}
        cells = self.values if plain else [text_of(value) for value in self.values]
        texts = pl.Series(name, cells, pl.String)
        return texts.set(texts == "", None)


def column(values: Sequence[Any]) -> Column:
    """Return values as a column."""
    return Column(values, set(map(type, values)))


def columns(records: Sequence[dict[str, Any]], above: Keys = ()) -> Iterator[tuple[Keys, Column]]:
    """Yield the values of each key, those of objects inside the records under all the keys that lead there.

    Raises:
        TooManyKeysError: there are too many different keys.
        RecursionError: objects are nested beyond 64 levels.
    """
    if len(above) > LEVELS:
        raise RecursionError
    for name, values in _values(records):
        found = column(values)
        if dict not in found.kinds:
            yield (*above, name), found
            continue
        inside = [value if isinstance(value, dict) else {} for value in values]
        yield from columns(inside, (*above, name))
        if found.kinds - {dict, type(None)}:
            yield (*above, name), column([None if isinstance(value, dict) else value for value in values])


def text_of(value: Any) -> str | None:
    """Return a value as the text of a cell: a list of single values joined by "; ", other lists as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return "; ".join(text_of(item) or "" for item in value)
    return compact(value)


def _values(records: Sequence[dict[str, Any]]) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield the values of each key, None where a record lacks it, in the order in which the keys appear.

    Records with the same keys are taken together: looking up every key in every record takes three times as long.
    """
    alike: dict[Keys, list[int]] = {}
    for place, record in enumerate(records):
        alike.setdefault(tuple(record), []).append(place)
    names = dict.fromkeys(chain.from_iterable(alike))
    if len(names) > COLUMNS or len(names) * len(records) > CELLS:
        raise TooManyKeysError
    blocks = [_block(keys, [records[place] for place in places]) for keys, places in alike.items()]
    together = chain.from_iterable(alike.values())
    order = (
        itemgetter(*sorted(range(len(records)), key=list(together).__getitem__)) if len(alike) > 1 else list
    )
    for name in names:
        yield name, order(list(chain.from_iterable(block.get(name, absent) for block, absent in blocks)))


def _block(keys: Keys, records: list[dict[str, Any]]) -> tuple[dict[str, tuple[Any, ...]], tuple[None, ...]]:
    """Return the values of each key of records that all have these keys, and as many times None."""
    values = zip(*map(dict.values, records), strict=True)
    return dict(zip(keys, values, strict=True)), (None,) * len(records)
