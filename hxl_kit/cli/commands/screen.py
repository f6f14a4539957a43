"""`hxl-kit screen`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from hxl_kit.cli.options import DebugOption, EncodingOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_json
from hxl_kit.errors import ExitCode, require_known
from hxl_kit.standard.messages import ENGLISH, message_languages


def command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Packages, files of any kind, or folders of them.", show_default=False
        ),
    ],
    previous: Annotated[
        Path | None,
        typer.Option("--previous", help="The package as it was published before: small counts are compared."),
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="en, fr or ar.")] = ENGLISH,
    encoding: EncodingOption = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Find personal and sensitive data, and how easily people could be recognised; no value is shown.

    Exit code 1 if something would stop a publication.
    """
    from hxl_kit.reading.packages import read_package
    from hxl_kit.reporting.screened import screened_json, screened_text
    from hxl_kit.validation.repository.finding import everything_in
    from hxl_kit.validation.screening_files import screening_report

    require_known("language", language, message_languages())
    before = read_package(previous) if previous else None
    found = everything_in(paths)
    reports = [screening_report(path, previous=before, encoding=encoding) for path in found]
    with suppress(BrokenPipeError):  # the exit code stands, also when only the first lines are read
        if form is Format.JSON:
            emit_json(screened_json(reports, language))
        else:
            emit(screened_text(reports, language))
    if not all(report.valid for report in reports):
        raise typer.Exit(ExitCode.DATA)
