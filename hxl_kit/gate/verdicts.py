"""The verdict: every error counted, the first ones listed, whoever read the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from frictionless.checks import baseline
from frictionless.exception import FrictionlessException
from frictionless.resources import MetadataResource, TableResource

from hxl_kit.gate.blocks import BLOCK_BYTES
from hxl_kit.gate.bounded import refuse_slow_patterns
from hxl_kit.gate.bulk import read_in_bulk
from hxl_kit.gate.faults import fault
from hxl_kit.gate.network import watched
from hxl_kit.gate.scope import Scope
from hxl_kit.gate.sources import resources_of
from hxl_kit.gate.unproven import UnprovenError
from hxl_kit.reading.patterns import SlowPatternError
from hxl_kit.reading.remote import NO_REMOTE, RemotePolicy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from frictionless import Resource

    from hxl_kit.gate.bulk import Reading
    from hxl_kit.gate.memory import Memory, Page

BULK = "bulk"


@dataclass(frozen=True)
class GateError:
    """An error as frictionless tells it; `row` is the record's number, `column` the field's, both from 1."""

    type: str
    note: str
    row: int | None = None
    field: str = ""
    column: int | None = None


@dataclass(frozen=True)
class TaskVerdict:
    """What is wrong with one resource.

    Attributes:
        name: the resource's name.
        rows: how many rows were read.
        counts: the number of errors by type and field, complete.
        errors: the first errors, in frictionless' order.
        lane: how the rows were read: "bulk", "remembered", or why frictionless read them alone.
    """

    name: str
    rows: int
    counts: Counter[tuple[str, str]]
    errors: tuple[GateError, ...]
    lane: str


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a package (`errors`: with its descriptor) and with each of its resources."""

    errors: tuple[GateError, ...]
    tasks: tuple[TaskVerdict, ...]

    @property
    def valid(self) -> bool:
        """Whether frictionless finds no error."""
        return not self.errors and not any(task.counts for task in self.tasks)


@dataclass
class _Tally:
    """Errors as they come: all counted, the first ones kept."""

    listed: int | None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: list[GateError] = field(default_factory=list)

    def add(self, found: Iterable[Any]) -> None:
        for error in found:
            told = _told(error)
            self.counts[told.type, told.field] += 1
            if self.listed is None or len(self.errors) < self.listed:
                self.errors.append(told)


def verdict(
    path: Path | str,
    *,
    listed: int | None = None,
    memory: Memory | None = None,
    remote: RemotePolicy = NO_REMOTE,
    block_bytes: int = BLOCK_BYTES,
) -> Verdict:
    """Return frictionless' verdict on a package, a resource or a table.

    `listed` bounds the errors that are held for each resource, never the counts; `memory` remembers clean
    resources by the hash of their content; `remote` says which addresses may be asked for.
    """
    try:
        with watched(remote):
            resources = resources_of(str(path), lenient=True)
            scope = Scope(block_bytes, listed)
            tasks = tuple(_task(resource, scope, memory) for resource in resources)
    except FrictionlessException as error:
        return Verdict(tuple(_told(reason) for reason in error.to_errors()), ())
    except Exception as error:  # noqa: BLE001 - whatever frictionless stumbles over must still give a verdict
        return Verdict((_told(fault(error)),), ())
    return Verdict((), tasks)


def _task(resource: Resource, scope: Scope, memory: Memory | None) -> TaskVerdict:
    page = memory.page(resource) if memory else None
    rows = page.recall() if page else None
    if rows is not None:
        return TaskVerdict(resource.name or "", rows, Counter(), (), "remembered")
    found = _judged(resource, scope, page)
    if page and not found.counts:
        page.remember(found.rows)
    return found


def _judged(resource: Resource, scope: Scope, page: Page | None) -> TaskVerdict:
    try:
        reading = read_in_bulk(resource, replace(scope, digests=("sha256",) if page else ()))
    except SlowPatternError as error:
        return _not_judged(resource, error)
    except Exception as error:  # noqa: BLE001 - what stops the bulk reading must not stop frictionless
        return _alone(resource, scope.held, UnprovenError.reason(error))
    if page and not resource.compression:
        page.was_read_as(reading.table.resource.stats.sha256)
    return _in_bulk(reading, scope.held)


def _in_bulk(reading: Reading, listed: int | None) -> TaskVerdict:
    tally = _Tally(listed)
    tally.add(reading.start)
    for finding in reading.findings:
        if listed is not None and len(tally.errors) >= listed:
            break
        meaning = finding.meaning
        tally.errors.append(
            GateError(meaning.type, finding.note, finding.row, meaning.field_name or "", meaning.field_number)
        )
    tally.counts += Counter(
        {(kind, name or ""): times for (kind, name), times in reading.findings.counts.items()}
    )
    tally.add(reading.end)
    return TaskVerdict(
        reading.table.resource.name or "", reading.rows, tally.counts, tuple(tally.errors), BULK
    )


def _alone(resource: Resource, listed: int | None, why: str) -> TaskVerdict:
    """Return the verdict on a resource that frictionless reads alone, a row at a time, holding no more than is listed."""
    tally, rows = _Tally(listed), 0
    try:
        if isinstance(resource, MetadataResource):
            return _of_metadata(resource, tally, why)
        resource.to_descriptor(validate=True)
        refuse_slow_patterns(resource)
        resource.open()
        with resource:
            rows = _judged_alone(resource, tally)
    except SlowPatternError as error:
        return _not_judged(resource, error)
    except FrictionlessException as error:
        tally = _Tally(listed)
        tally.add(error.to_errors())
    except Exception as error:  # noqa: BLE001 - frictionless' own faults come as any exception
        tally.add([fault(error)])
    return TaskVerdict(resource.name or "", rows, tally.counts, tuple(tally.errors), why)


def _of_metadata(resource: MetadataResource[Any], tally: _Tally, why: str) -> TaskVerdict:
    """Return the verdict on a schema, a dialect or the like, which frictionless only reads."""
    report = resource.validate(limit_errors=0)
    tally.add([*report.errors, *(error for task in report.tasks for error in task.errors)])
    rows = sum(task.stats.get("rows") or 0 for task in report.tasks)
    return TaskVerdict(resource.name or "", rows, tally.counts, tuple(tally.errors), why)


def _judged_alone(resource: Resource, tally: _Tally) -> int:
    check, rows = baseline(), 0
    check.connect(resource)
    tally.add(check.validate_start())
    if isinstance(resource, TableResource):
        rows = _read_rows(resource, tally)
    elif resource.hash is not None or resource.bytes is not None:
        _read_bytes(resource)
    tally.add(check.validate_end())
    return rows


def _not_judged(resource: Resource, error: SlowPatternError) -> TaskVerdict:
    told = GateError("error", str(error))
    return TaskVerdict(resource.name or "", 0, Counter({("error", ""): 1}), (told,), "refused")


def _read_rows(resource: TableResource, tally: _Tally) -> int:
    stream, rows = iter(resource.row_stream), 0
    while True:
        try:
            row = next(stream)
        except StopIteration:
            return rows
        except FrictionlessException as error:
            tally.add([error.error])
            continue
        rows += 1
        tally.add(row.errors)


def _read_bytes(resource: Resource) -> None:
    while resource.byte_stream.read1(1 << 20):
        pass


def _told(error: Any) -> GateError:
    return GateError(
        type=error.type,
        note=error.note,
        row=getattr(error, "row_number", None),
        field=str(getattr(error, "field_name", "") or getattr(error, "label", "") or ""),
        column=getattr(error, "field_number", None),
    )
