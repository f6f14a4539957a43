"""The report: frictionless' own words on every resource, whoever read its rows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from frictionless import Checklist, Report, errors
from frictionless import Resource as AnyResource
from frictionless.checks import baseline
from frictionless.exception import FrictionlessException
from frictionless.resources import PackageResource, ResourceResource

from hxl_kit.gate.blocks import BLOCK_BYTES
from hxl_kit.gate.findings import Findings
from hxl_kit.gate.integrity import foreign_keys_of
from hxl_kit.gate.opening import open_table
from hxl_kit.gate.rendering import rendered, rows_up_to
from hxl_kit.gate.tables import Scope, judge_rows
from hxl_kit.gate.unproven import UnprovenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from frictionless import Resource

    from hxl_kit.gate.opening import OpenTable

ALL_ERRORS = 1 << 40
"""A limit that no table reaches: frictionless has no word for "all"."""


@dataclass(frozen=True)
class Request:
    """What to validate with: frictionless' own options, and how this gate goes about it."""

    limit_errors: int = 1000
    limit_rows: int | None = None
    checklist: dict[str, Any] | None = None
    fast: bool = True
    block_bytes: int = BLOCK_BYTES


@dataclass(frozen=True)
class Reading:
    """A table read in bulk: its errors so far, how many rows, and frictionless' errors from before the rows."""

    table: OpenTable
    findings: Findings
    rows: int
    start: tuple[Any, ...]
    end: tuple[Any, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class GateReport:
    """frictionless' report as a descriptor, and for each task how its rows were read: "bulk", or why not."""

    descriptor: dict[str, Any]
    lanes: tuple[str, ...]


def frictionless_report(path: Path | str, request: Request | None = None) -> GateReport:
    """Return the report that `frictionless validate PATH` gives, with the same errors in the same order.

    `limit_errors` of 0 lists all errors. A fault inside frictionless becomes an error of type "error".
    """
    asked = request or Request()
    lanes: list[str] = []
    try:
        report = _report(str(path), asked, lanes)
    except FrictionlessException as error:
        report = Report.from_validation(errors=error.to_errors())
    except Exception as error:  # noqa: BLE001 - whatever frictionless stumbles over must still give a report
        report = Report.from_validation(errors=[_fault(error)])
    return GateReport(report.to_descriptor(), tuple(lanes))


def _report(path: str, request: Request, lanes: list[str]) -> Report:
    source = AnyResource(path, datatype=_datatype(path))
    if isinstance(source, PackageResource):
        package = source.read_metadata()
        package.to_descriptor(validate=True)
        reports = [_task(resource, request, lanes) for resource in package.resources]
        return Report.from_validation_reports(time=0, reports=reports)
    if isinstance(source, ResourceResource):
        source = source.read_metadata()
    return _task(source, request, lanes)


def _datatype(path: str) -> str | None:
    return "package" if path.endswith("datapackage.json") else None


def _task(resource: Resource, request: Request, lanes: list[str]) -> Report:
    started = time.perf_counter()
    try:
        report = _bulk_report(resource, request, started)
        lanes.append("bulk")
    except Exception as error:  # noqa: BLE001 - what stops the bulk reading must not stop frictionless
        lanes.append(str(error) if isinstance(error, UnprovenError) else f"fault: {error!r}")
        report = _whole(resource, request)
    return report


def _whole(resource: Resource, request: Request) -> Report:
    """Return frictionless' own report on a resource, or one that says where it fell over."""
    checklist = Checklist.from_descriptor(request.checklist) if request.checklist else None
    try:
        return resource.validate(checklist, limit_errors=request.limit_errors, limit_rows=request.limit_rows)
    except FrictionlessException:
        raise
    except Exception as error:  # noqa: BLE001 - frictionless' own faults come as any exception
        resource.close() if hasattr(resource, "close") else None
        return Report.from_validation_task(resource, time=0, errors=[_fault(error)])


def _fault(error: Exception) -> Any:
    text = str(error)
    said = "" if any(quote in text for quote in "'\"") or not text else f": {text}"
    note = f"frictionless 5.21 stopped with {type(error).__name__}{said}; the data could not be judged"
    return errors.Error(note=note)


def _bulk_report(resource: Resource, request: Request, started: float) -> Report:
    if not request.fast or request.checklist or request.limit_rows:
        raise UnprovenError("left to frictionless on request")
    reading = read_in_bulk(resource, request, ("md5", "sha256"))
    table, limit = reading.table, request.limit_errors or ALL_ERRORS
    room = limit - len(reading.start)
    if reading.rows and reading.findings.total >= room:
        shown = [*reading.start, *rendered(table, reading.findings, max(room, 0), request.block_bytes)]
        rows_up_to(table, shown[limit - 1].row_number if room > 0 else table.form.first_row)
        warning = f"reached error limit: {limit}"
        found, warnings = shown[:limit], [*reading.warnings, warning]
    else:
        middle = rendered(table, reading.findings, None, request.block_bytes)
        found, warnings = [*reading.start, *middle, *reading.end], list(reading.warnings)
    return Report.from_validation_task(
        table.resource,
        time=time.perf_counter() - started,
        labels=table.resource.labels,
        errors=found,
        warnings=warnings,
    )


def read_in_bulk(resource: Resource, request: Request, digests: tuple[str, ...]) -> Reading:
    """Return what a resource's rows hold, read in bulk.

    Raises:
        UnprovenError: frictionless alone can judge it.
        FrictionlessException: it says why it cannot be opened.
    """
    resource.to_descriptor(validate=True)
    table = open_table(resource)
    foreign_keys = foreign_keys_of(table, resource, request.block_bytes)
    limit = request.limit_errors or None
    findings = Findings(limit)
    scope = Scope(request.block_bytes, limit, digests)
    rows = judge_rows(table, foreign_keys, findings, scope)
    table.resource.stats.rows = rows
    check = baseline()
    check.connect(table.resource)
    return Reading(table, findings, rows, table.start_errors, tuple(check.validate_end()), _warnings(table))


def _warnings(table: OpenTable) -> tuple[str, ...]:
    """Return frictionless' warning on a hash that it does not know."""
    declared = str(table.resource.hash or "")
    algorithm = declared.partition(":")[0] if ":" in declared else "md5"
    known = not declared or algorithm in {"md5", "sha256"}
    return () if known else ("hash is ignored; supported algorithms: md5/sha256",)
