"""`hxl-kit validate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hxl_kit.cli.options import (  # noqa: TC001 - typer reads them
    DebugOption,
    EncodingOption,
    QuietOption,
    SheetOption,
)
from hxl_kit.cli.output import emit, emit_json
from hxl_kit.errors import ExitCode

if TYPE_CHECKING:
    from hxl_kit.reading.remote import RemotePolicy


class FailOn(StrEnum):
    """The least severity that makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"


class ReportFormat(StrEnum):
    """How the report is written to stdout."""

    TEXT = "text"
    JSON = "json"
    FRICTIONLESS = "frictionless"


def command(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Packages or tables.", show_default=False)
    ],
    checks: Annotated[
        str,
        typer.Option(
            "--checks",
            help="all, or names separated by commas: frictionless, strict, profile, codelists, figures, guards.",
        ),
    ] = "all",
    form: Annotated[
        ReportFormat,
        typer.Option(
            "--format", help="How to write the result; frictionless: as `frictionless validate --json` does."
        ),
    ] = ReportFormat.TEXT,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="How many issues to list; the counts are always complete.")
    ] = 1000,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Which severity makes the exit code 1.")
    ] = FailOn.ERROR,
    limit_errors: Annotated[
        int,
        typer.Option(
            "--limit-errors", min=0, help="With --format frictionless: stop after so many errors; 0: never."
        ),
    ] = 1000,
    limit_rows: Annotated[
        int | None,
        typer.Option("--limit-rows", min=1, help="With --format frictionless: stop after so many rows."),
    ] = None,
    checklist: Annotated[
        Path | None,
        typer.Option("--checklist", help="With --format frictionless: a checklist of frictionless in JSON."),
    ] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let a package name files on public network addresses.")
    ] = False,
    remote_hosts: Annotated[
        list[str] | None,
        typer.Option("--remote-host", help="A host to allow by name, even a private one; may be repeated."),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Judge everything anew, also what is known to be clean.")
    ] = False,
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Validate packages or tables. Exit code 1 if there are errors."""
    from hxl_kit.gate import user_memory
    from hxl_kit.reading.remote import RemotePolicy
    from hxl_kit.validation.engine import validate

    hosts = frozenset(remote_hosts or ())
    remote = RemotePolicy(allow_remote or bool(hosts), hosts)
    if form is ReportFormat.FRICTIONLESS:
        _as_frictionless(paths, limit_errors, limit_rows, checklist, remote)
        return
    names = [name.strip() for name in checks.split(",") if name.strip()]
    memory = None if no_cache else user_memory()
    reports = [
        validate(path, names, limit=limit, sheet=sheet, encoding=encoding, remote=remote, memory=memory)
        for path in paths
    ]
    if form is ReportFormat.JSON:
        described: Any = [report.as_json() for report in reports]
        emit_json(described[0] if len(described) == 1 else described)
    else:
        for report in reports:
            emit(report.as_text())
    failing = {"error"} if fail_on is FailOn.ERROR else {"error", "warning"}
    if any(report.counts[severity] for report in reports for severity in failing):
        raise typer.Exit(ExitCode.DATA)


def _as_frictionless(
    paths: list[Path],
    limit_errors: int,
    limit_rows: int | None,
    checklist: Path | None,
    remote: RemotePolicy,
) -> None:
    from hxl_kit.gate import Request
    from hxl_kit.reading.descriptors import read_json
    from hxl_kit.validation.engine import frictionless_json

    request = Request(limit_errors, limit_rows, read_json(checklist) if checklist else None)
    described = [frictionless_json(path, request, remote) for path in paths]
    emit_json(described[0] if len(described) == 1 else described)
    if not all(one["valid"] for one in described):
        raise typer.Exit(ExitCode.DATA)
