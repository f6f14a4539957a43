"""`hxl-kit validate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from hxl_kit.cli.options import DebugOption, EncodingOption, Format, FormatOption, QuietOption, SheetOption
from hxl_kit.cli.output import emit, emit_json
from hxl_kit.errors import ExitCode


class FailOn(StrEnum):
    """The least severity that makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"


def command(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Packages or tables.", show_default=False)
    ],
    checks: Annotated[
        str,
        typer.Option(
            "--checks",
            help="all, or names separated by commas: frictionless, profile, codelists, figures, guards.",
        ),
    ] = "all",
    form: FormatOption = Format.TEXT,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="How many issues to list; the counts are always complete.")
    ] = 1000,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Which severity makes the exit code 1.")
    ] = FailOn.ERROR,
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Validate packages or tables. Exit code 1 if there are errors."""
    from hxl_kit.validation.engine import validate

    names = [name.strip() for name in checks.split(",") if name.strip()]
    reports = [validate(path, names, limit=limit, sheet=sheet, encoding=encoding) for path in paths]
    if form is Format.JSON:
        described: Any = [report.as_json() for report in reports]
        emit_json(described[0] if len(described) == 1 else described)
    else:
        for report in reports:
            emit(report.as_text())
    failing = {"error"} if fail_on is FailOn.ERROR else {"error", "warning"}
    if any(report.counts[severity] for report in reports for severity in failing):
        raise typer.Exit(ExitCode.DATA)
