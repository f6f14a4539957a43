"""`hxl-kit deidentify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.options import DebugOption, EncodingOption, Format, FormatOption, QuietOption, SheetOption
from hxl_kit.cli.output import emit, emit_json, say
from hxl_kit.errors import ExitCode, UsageError
from hxl_kit.standard.messages import ENGLISH

if TYPE_CHECKING:
    from hxl_kit.package.deidentify import Deidentified, Rules
    from hxl_kit.reading import TableText


def command(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A table of people, of any kind of file.", show_default=False),
    ],
    remedies: Annotated[
        Path | None,
        typer.Option(
            "--remedies", metavar="RULES", help="What is to be done (docs/remedies.md).", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The CSV to write; with --propose, the rules.", show_default=False
        ),
    ] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Write the rules that the findings suggest, for you to edit.")
    ] = False,
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Make a table of people fit to be shared: drop, generalise, mask, round, suppress, new ids; no value is shown.

    Ends with what screening still finds; exit code 1 if that would stop a publication.
    """
    from hxl_kit.reading import open_table

    if propose == (remedies is not None):
        raise UsageError("deidentify: give --remedies RULES.yaml, or --propose for a first one")
    with open_table(file, encoding=encoding, sheet=sheet) as text:
        for note in text.notes:
            say(note)
        if propose:
            _propose(text, out)
        else:
            _deidentify(text, file, Path(str(remedies)), out, form)


def _propose(text: TableText, out: Path | None) -> None:
    from hxl_kit.files import write_atomically
    from hxl_kit.package.proposing import proposed

    if out is not None and out.exists():
        raise UsageError(f"{out}: is there already; change it, or name another file")
    rules, count = proposed(text)
    if out is None:
        emit(rules.rstrip("\n"))
        return
    write_atomically(out, rules.encode())
    emit(str(out))
    say(
        f"{count} remedies proposed: look at each, then hxl-kit deidentify {text.path} --remedies {out} -o OUT.csv"
    )


def _deidentify(text: TableText, file: Path, rules_file: Path, out: Path | None, form: Format) -> None:
    from hxl_kit.package.deidentify import deidentified, read_rules, record_path, require_free, write
    from hxl_kit.reporting.screened import screened_json, screened_text
    from hxl_kit.validation.screening_files import screening_report

    if out is None:
        raise UsageError("deidentify: name the table to write with -o OUT.csv")
    rules = read_rules(rules_file)
    require_free(out, file, rules_file)
    made = deidentified(text, rules, record_path(out))
    record = write(made, out, rules)
    report = screening_report(out)
    if form is Format.JSON:
        done = [each.as_json() for each in made.done]
        still = screened_json([report], ENGLISH)
        emit_json({"table": str(out), "record": str(record), "remedies": done, "screen": still})
    else:
        emit(_told(made, out, record))
        emit("\nWhat screening still finds:\n" + screened_text([report], ENGLISH).rstrip())
    _tell_kept(rules, made)
    if not report.valid:
        say("this would stop a publication: add remedies for it, and run it again")
        raise typer.Exit(ExitCode.DATA)


def _told(made: Deidentified, out: Path, record: Path) -> str:
    """Return what was done, a line for each remedy, and where it is."""
    lines = []
    for each in made.done:
        emptied = int(str(each.parameters.get("emptied", 0) or each.parameters.get("without_coordinates", 0)))
        lost = f"; {emptied:,} could not be read and are empty now" if emptied else ""
        lines.append(f"{each.remedy}: {', '.join(each.columns)}: {each.rows:,} rows{lost}")
    size = f"{made.frame.height:,} rows, {made.frame.width:,} columns"
    return "\n".join([*lines, f"{out}: {size}; what was done: {record}"])


def _tell_kept(rules: Rules, made: Deidentified) -> None:
    from hxl_kit.package.deidentify import kept_private

    for path in kept_private(rules, made):
        say(f"keep, with a copy, and never share: {path}")
