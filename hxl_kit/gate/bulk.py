"""A resource read in bulk from its opening to its last check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from frictionless.checks import baseline

from hxl_kit.gate.findings import Findings
from hxl_kit.gate.integrity import foreign_keys_of, reading_order
from hxl_kit.gate.opening import open_table
from hxl_kit.gate.tables import judge_rows

if TYPE_CHECKING:
    from frictionless import Resource

    from hxl_kit.gate.opening import OpenTable
    from hxl_kit.gate.scope import Scope

HASHES = ("md5", "sha256")


@dataclass(frozen=True)
class Reading:
    """A table read in bulk: its rows' errors, how many rows, and frictionless' errors before and after the rows."""

    table: OpenTable
    findings: Findings
    rows: int
    start: tuple[Any, ...]
    end: tuple[Any, ...]


def read_in_bulk(resource: Resource, scope: Scope) -> Reading:
    """Return what a resource's rows hold.

    Raises:
        UnprovenError: frictionless alone can judge it.
        FrictionlessException: it says why it cannot be opened.
    """
    resource.to_descriptor(validate=True)
    table = open_table(resource)
    foreign_keys = foreign_keys_of(table, resource, scope)
    findings = Findings(reading_order(table), scope.held)
    digests = tuple(dict.fromkeys([*scope.digests, *_declared(table)]))
    rows = judge_rows(table, foreign_keys, findings, scope, digests)
    table.resource.stats.rows = rows
    check = baseline()
    check.connect(table.resource)
    return Reading(table, findings, rows, table.start_errors, tuple(check.validate_end()))


def declared_hash(table: OpenTable) -> str:
    """Return the algorithm of the hash that a resource declares, "" when there is none."""
    declared = str(table.resource.hash or "")
    return declared and (declared.partition(":")[0] if ":" in declared else "md5")


def _declared(table: OpenTable) -> list[str]:
    return [name for name in HASHES if name == declared_hash(table)]
