"""The gate's verdict as issues."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hxl_kit.gate import verdict
from hxl_kit.reading.remote import NO_REMOTE, RemotePolicy
from hxl_kit.standard.messages import N_
from hxl_kit.validation.report import Issue, cell_address

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.gate import GateError, Memory
from hxl_kit.validation.report import Collected

LONGEST_LIST = 300
"""Characters of a list of allowed values that a reader takes in."""

_ENUM = re.compile(r'constraint "enum" is "(\[.*\])"', re.DOTALL)


def collect_verdict(
    path: Path, into: Collected, *, memory: Memory | None = None, remote: RemotePolicy = NO_REMOTE
) -> dict[str, int]:
    """Put frictionless' errors on a package or table into `into`, and return the rows read by resource."""
    found = verdict(path, listed=into.limit, memory=memory, remote=remote)
    for error in found.errors:
        into.add(_issue(error, ""))
    for task in found.tasks:
        for error in task.errors:
            into.add(_issue(error, task.name))
        listed = _counts_of_listed(task.errors)
        for (kind, field), times in task.counts.items():
            into.count("error", kind, task.name, times - listed.get((kind, field), 0))
    return {task.name: task.rows for task in found.tasks}


def _counts_of_listed(errors: tuple[GateError, ...]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for error in errors:
        counts[error.type, error.field] = counts.get((error.type, error.field), 0) + 1
    return counts


def _issue(error: GateError, resource: str) -> Issue:
    message, params = _words(error)
    place = (error.row, error.field, cell_address(error.row, error.column))
    return Issue(error.type, "error", resource, message, *place, params=params)


def _words(error: GateError) -> tuple[str, dict[str, object]]:
    """Return frictionless' note, of a long list of allowed values only how many there are."""
    allowed = _ENUM.fullmatch(error.note) if error.type == "constraint-error" else None
    if allowed and len(allowed[1]) > LONGEST_LIST:
        return N_("is none of the {count} values that the schema allows"), {
            "count": allowed[1].count("', '") + 1
        }
    return _message(error), {}


def _message(error: GateError) -> str:
    """Return frictionless' note in one printable line, without the values that a foreign key's note repeats."""
    note = error.note
    if error.type == "foreign-key" and '": values "' in note:
        fields, _, rest = note.partition('": values "')
        note = f'{fields}": the value is not found in the lookup table {rest.rpartition(" not found in the lookup table ")[2]}'
    return "".join(c if c.isprintable() else " " for c in " ".join(note.split()))
