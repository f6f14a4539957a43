"""`hxl-kit validate`."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.hxl_lists import HxlListOption, named_lists
from hxl_kit.cli.options import (  # noqa: TC001 - typer reads them
    DebugOption,
    EncodingOption,
    QuietOption,
    SheetOption,
)
from hxl_kit.cli.output import emit, emit_json, say
from hxl_kit.errors import ExitCode, UsageError, require_known
from hxl_kit.standard.messages import ENGLISH, message_languages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.reading.remote import RemotePolicy
    from hxl_kit.reporting.format import Format
    from hxl_kit.validation.hxl_schemas import SchemaFile


class FailOn(StrEnum):
    """The least severity that makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"


FRICTIONLESS = "frictionless"
"""The one format that is not a report of ours but frictionless' own."""

LISTED = 1000
"""So many issues of each package are listed when nothing else is said."""


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...",
            help="Packages, tables, or folders of packages; without any, those that hxl-kit.toml names.",
            show_default=False,
        ),
    ] = None,
    checks: Annotated[
        list[str] | None,
        typer.Option(
            "--checks",
            help="all (the default), or names of sets or checks separated by commas, also repeated; `hxl-kit checks` lists them.",
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="text, json, html, xlsx, junit, sarif, github, markdown; frictionless: as `frictionless validate --json` does.",
        ),
    ] = "text",
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write the report to, instead of stdout."),
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also", help="FORMAT=FILE: write the report in another format as well; may be repeated."
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--lang", help="The language of the report: en (the default), fr or ar.")
    ] = None,
    hxl_schema: Annotated[
        Path | None, typer.Option("--hxl-schema", help="A legacy HXL schema to hold tagged tables to.")
    ] = None,
    hxl_lists: HxlListOption = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            min=0,
            help="How many issues to list of each package (1000); the counts are always complete.",
        ),
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="Which severity makes the exit code 1: error (the default)."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="A file of accepted issues: only new ones fail.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--write-baseline", help="Accept all issues: write them into the baseline.")
    ] = False,
    changed_since: Annotated[
        str | None,
        typer.Option("--changed-since", help="Only what differs from this commit of the Git repository."),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="A file stands for the package that lists it; others pass.")
    ] = False,
    rules: Annotated[
        Path | None, typer.Option("--rules", help="A file (YAML or TOML) with rules of your own.")
    ] = None,
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
    from functools import partial

    from hxl_kit.checks.theme import Context
    from hxl_kit.gate import user_memory
    from hxl_kit.package.rules_file import read_own_rules
    from hxl_kit.reading.remote import RemotePolicy
    from hxl_kit.settings import find_settings
    from hxl_kit.validation.engine import validate
    from hxl_kit.validation.repository.judging import Run, judged
    from hxl_kit.validation.selection import selected

    hosts = frozenset(remote_hosts or ())
    remote = RemotePolicy(allow_remote or bool(hosts), hosts)
    if form == FRICTIONLESS:
        _as_frictionless(paths or [], limit_errors, limit_rows, checklist, remote)
        return
    settings = find_settings(Path.cwd())
    spoken = language or settings.language or ENGLISH
    require_known("language", spoken, message_languages())
    outputs = _outputs(form, out, also or ())
    _spare(paths or (), [file for _, file in outputs if file])
    names = _names(checks) if checks else settings.checks or ("all",)
    judge = partial(
        validate,
        checks=names,
        sheet=sheet,
        encoding=encoding,
        remote=remote,
        memory=None if no_cache else user_memory(),
        context=Context(gazetteers=settings.gazetteers),
        hxl_schema=_schema_file(hxl_schema, hxl_lists),
        rules=read_own_rules(rules) if rules else (),
    )
    outcome = judged(
        Run(
            paths=tuple(paths or ()),
            judge=judge,
            selection=selected(names),
            limit=_first(limit, settings.limit, LISTED),
            settings=settings,
            baseline=baseline or settings.baseline,
            accept=accept,
            changed_since=changed_since,
            whole=whole,
            fingerprints=any(each.name == "sarif" for each, _ in outputs),
        )
    )
    for note in outcome.notes:
        say(note)
    code = outcome.exit_code(fail_on or settings.fail_on or FailOn.ERROR)
    with suppress(BrokenPipeError):  # the verdict stands, also when only its first lines are read
        for written_as, file in reversed(outputs):
            _write(written_as, written_as.render(outcome.reports, spoken), file)
    if code:
        raise typer.Exit(code)


def _names(checks: Sequence[str]) -> tuple[str, ...]:
    """Return the names in --checks.

    Raises:
        UsageError: there is none; nothing would be checked, and everything be valid.
    """
    names = tuple(name.strip() for each in checks for name in each.split(",") if name.strip())
    if not names:
        raise UsageError("validate: --checks names none; leave it out for all")
    return names


def _first(*numbers: int | None) -> int:
    return next(number for number in numbers if number is not None)


def _outputs(form: str, out: Path | None, also: Sequence[str]) -> list[tuple[Format, Path | None]]:
    """Return the formats to write, and where to; None is stdout.

    Raises:
        UsageError: there is no such format, or it needs a file and has none.
    """
    from hxl_kit.reporting.format import require_place

    found = [(require_place(form, out), out)]
    for each in also:
        name, _, file = each.partition("=")
        if not file:
            raise UsageError("validate: --also takes FORMAT=FILE, e.g. --also sarif=findings.sarif")
        found.append((require_place(name, Path(file)), Path(file)))
    return found


def _spare(paths: Sequence[Path], files: Sequence[Path]) -> None:
    """Refuse to write a report over what is validated."""
    validated = {path.resolve() for each in paths for path in (each, each / "datapackage.json")}
    for file in files:
        if file.resolve() in validated:
            raise UsageError(f"validate: {file} is what is to be validated; name another file for the report")


def _schema_file(schema: Path | None, lists: Sequence[str] | None) -> SchemaFile | None:
    from hxl_kit.validation.hxl_schemas import SchemaFile

    return SchemaFile(schema, named_lists(lists)) if schema or lists else None


def _write(written_as: Format, content: str | bytes, out: Path | None) -> None:
    from hxl_kit.reporting.format import write_report

    if out is not None:
        write_report(written_as, content, out)
    elif isinstance(content, str):
        emit(content)


def _as_frictionless(
    paths: list[Path],
    limit_errors: int,
    limit_rows: int | None,
    checklist: Path | None,
    remote: RemotePolicy,
) -> None:
    if not paths:
        raise UsageError("validate: name the packages or tables")
    from hxl_kit.gate import Request
    from hxl_kit.reading.descriptors import read_json
    from hxl_kit.validation.engine import frictionless_json

    request = Request(limit_errors, limit_rows, read_json(checklist) if checklist else None)
    described = [frictionless_json(path, request, remote) for path in paths]
    emit_json(described[0] if len(described) == 1 else described)
    if not all(one["valid"] for one in described):
        raise typer.Exit(ExitCode.DATA)
