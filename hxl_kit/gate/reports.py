"""The report: frictionless' own, object by object, whoever read the rows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from frictionless import Checklist, Report, errors
from frictionless.exception import FrictionlessException

from hxl_kit.gate.blocks import BLOCK_BYTES
from hxl_kit.gate.bounded import refuse_slow_patterns
from hxl_kit.gate.bulk import HASHES, declared_hash, read_in_bulk
from hxl_kit.gate.faults import fault
from hxl_kit.gate.network import watched
from hxl_kit.gate.rendering import rendered, rows_up_to
from hxl_kit.gate.scope import Scope
from hxl_kit.gate.sources import is_package, resources_of
from hxl_kit.gate.unproven import UnprovenError
from hxl_kit.reading.patterns import SlowPatternError
from hxl_kit.reading.remote import NO_REMOTE, RemotePolicy

if TYPE_CHECKING:
    from pathlib import Path

    from frictionless import Resource

NO_LIMIT = 1 << 40
"""A limit that no table reaches."""


@dataclass(frozen=True)
class Request:
    """frictionless' own options; `limit_errors` of 0 lists all. Without `fast` frictionless reads everything alone."""

    limit_errors: int = 1000
    limit_rows: int | None = None
    checklist: dict[str, Any] | None = None
    fast: bool = True
    block_bytes: int = BLOCK_BYTES


@dataclass(frozen=True)
class GateReport:
    """frictionless' report as a descriptor, and for each task how its rows were read: "bulk", or why not."""

    descriptor: dict[str, Any]
    lanes: tuple[str, ...]


def frictionless_report(
    path: Path | str, request: Request | None = None, remote: RemotePolicy = NO_REMOTE
) -> GateReport:
    """Return the report that `frictionless validate PATH --json` gives: the same errors in the same order.

    A fault inside frictionless becomes an error of type "error" that says so.
    """
    asked = request or Request()
    lanes: list[str] = []
    try:
        with watched(remote):
            report = _report(str(path), asked, lanes)
    except FrictionlessException as error:
        report = Report.from_validation(errors=error.to_errors())
    except Exception as error:  # noqa: BLE001 - whatever frictionless stumbles over must still give a report
        report = Report.from_validation(errors=[fault(error)])
    return GateReport(report.to_descriptor(), tuple(lanes))


def _report(path: str, request: Request, lanes: list[str]) -> Report:
    started = time.perf_counter()
    reports = [_task(resource, request, lanes) for resource in resources_of(path)]
    if not is_package(path) and len(reports) == 1:
        return reports[0]
    return Report.from_validation_reports(time=time.perf_counter() - started, reports=reports)


def _task(resource: Resource, request: Request, lanes: list[str]) -> Report:
    try:
        report = _in_bulk(resource, request)
        lanes.append("bulk")
    except SlowPatternError as error:
        lanes.append("refused")
        report = Report.from_validation_task(resource, time=0, errors=[errors.Error(note=str(error))])
    except Exception as error:  # noqa: BLE001 - what stops the bulk reading must not stop frictionless
        lanes.append(UnprovenError.reason(error))
        report = _alone(resource, request)
    return report


def _alone(resource: Resource, request: Request) -> Report:
    """Return frictionless' own report on a resource, or one that says where it fell over."""
    checklist = Checklist.from_descriptor(request.checklist) if request.checklist else None
    try:
        if request.fast:
            refuse_slow_patterns(resource)
        report: Report = resource.validate(
            checklist, limit_errors=request.limit_errors, limit_rows=request.limit_rows
        )
    except FrictionlessException:
        raise
    except SlowPatternError as error:
        return Report.from_validation_task(resource, time=0, errors=[errors.Error(note=str(error))])
    except Exception as error:  # noqa: BLE001 - frictionless' own faults come as any exception
        return Report.from_validation_task(resource, time=0, errors=[fault(error)])
    return report


def _in_bulk(resource: Resource, request: Request) -> Report:
    if not request.fast or request.checklist or request.limit_rows:
        raise UnprovenError("left to frictionless on request")
    started, limit = time.perf_counter(), request.limit_errors or NO_LIMIT
    reading = read_in_bulk(resource, Scope(request.block_bytes, limit, limit, HASHES))
    table, room = reading.table, max(limit - len(reading.start), 0)
    listed = rendered(table, reading.findings, room, request.block_bytes)
    warnings = [UNKNOWN_HASH] if table.resource.hash and declared_hash(table) not in HASHES else []
    if reading.rows and len(listed) >= room:
        rows_up_to(table, listed[-1].row_number if room else table.form.first_row)
        warnings.append(f"reached error limit: {limit}")
        found = [*reading.start, *listed][:limit]
    else:
        found = [*reading.start, *listed, *reading.end]
    return Report.from_validation_task(
        table.resource,
        time=time.perf_counter() - started,
        labels=table.resource.labels,
        errors=found,
        warnings=warnings,
    )


UNKNOWN_HASH = "hash is ignored; supported algorithms: md5/sha256"
