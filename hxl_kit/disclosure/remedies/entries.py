"""What a person writes of a remedy, in package.yaml or in a file of remedies: which, to what, how and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import nearest
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NAMED = ("remedy", "table", "fields", "why")


@dataclass(frozen=True)
class Kind:
    """What a remedy asks for: a parameter that must be there with its values, others, and columns that must be named."""

    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "drop": Kind(),
    "age-bands": Kind(optional=("starts",)),
    "coarser-dates": Kind({"to": ("month", "year")}, ("order",)),
    "coarser-places": Kind({"to": ("admin1", "admin2")}),
    "mask-places": Kind(optional=("place", "urban", "urban_words", "country")),
    "round": Kind(optional=("base",)),
    "suppress": Kind(optional=("by", "nested", "smallest_shown")),
    "rare-groups": Kind(optional=("smallest_group",)),
    "new-ids": Kind(),
}
"""The remedies by their names in files."""


@dataclass(frozen=True)
class Entry:
    """One remedy on one table.

    Attributes:
        remedy: its name, one of `KINDS`.
        why: the author's reason, which is published.
        fields: the columns that it is done to.
        table: the table, "" of one that is alone.
        parameters: how.
        number: the place of the entry in the list, from 0.
    """

    remedy: str
    why: str
    fields: tuple[str, ...] = ()
    table: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0

    def listed(self, parameter: str) -> tuple[str, ...]:
        """Return a parameter that is a list of names, empty where it is not given."""
        return tuple(self.parameters.get(parameter, ()))


def entries(raw: Sequence[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """Return the entries of a list that has no `problems`; fields written `table.field` are one entry per table."""
    return tuple(entry for number, each in enumerate(raw) for entry in _entries(number, each))


def _entries(number: int, raw: Mapping[str, Any]) -> Iterator[Entry]:
    fields, owner = tuple(raw.get("fields", ())), str(raw.get("table", ""))
    parameters = {name: value for name, value in raw.items() if name not in NAMED}
    by_table: dict[str, list[str]] = {} if fields and not owner else {owner: []}
    for name in fields:
        table, _, wanted = name.rpartition(".") if not owner else (owner, "", name)
        by_table.setdefault(table, []).append(wanted)
    for table, names in by_table.items():
        yield Entry(raw["remedy"], raw["why"].strip(), tuple(names), table, parameters, number)


def problems(raw: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with a list of entries, whatever they are done to."""
    for number, entry in enumerate(raw):
        yield from (f"remedies[{number}]: {problem}" for problem in _problems(entry))


def _problems(entry: Mapping[str, Any]) -> Iterator[str]:
    remedy = str(entry["remedy"])
    if remedy not in KINDS:
        near = nearest(remedy, KINDS) or f"; known: {', '.join(KINDS)}"
        yield f"no remedy '{shown(remedy)}'{near}"
        return
    kind = KINDS[remedy]
    for name, values in kind.required.items():
        if entry.get(name) not in values:
            yield f"{remedy} needs '{name}': {' or '.join(values)}"
    known = (*NAMED, *kind.required, *kind.optional)
    for name in entry:
        if name not in known:
            yield f"{remedy} takes no '{shown(name)}'{nearest(name, known)}"
    if not str(entry["why"]).strip():
        yield f"{remedy}: 'why' is empty; say what it protects, it is published"
