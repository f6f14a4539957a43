"""`hxl-kit summarise`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_columns, emit_json
from hxl_kit.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.summarising.answer import Group, Summary

_IDS_SHOWN = 3


def command(
    package: Annotated[
        Path,
        typer.Argument(metavar="PKG", help="A package: its folder or datapackage.json.", show_default=False),
    ],
    table: Annotated[
        str,
        typer.Option("--table", help="casualties, displacement, indicators or events.", show_default=False),
    ],
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="FIELD", help="A field to add by; again or a,b for several.", show_default=False
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="FIELD=VALUE",
            help="Only rows with this value; may be repeated.",
            show_default=False,
        ),
    ] = None,
    disjoint: Annotated[
        list[str] | None,
        typer.Option(
            "--disjoint",
            metavar="SOURCE,SOURCE",
            help="Sources known to count different people.",
            show_default=False,
        ),
    ] = None,
    household_size: Annotated[
        str | None,
        typer.Option(
            "--household-size",
            metavar="N",
            help="Persons per household, to turn households into persons.",
            show_default=False,
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Add figures as intervals under the guards. Exit code 1 if a sum was refused."""
    from hxl_kit.reading.packages import read_package
    from hxl_kit.summarising import make_request, summarise

    request = make_request(
        table, by=by or (), where=where or (), disjoint=disjoint or (), household_size=household_size
    )
    found = summarise(read_package(package), request)
    if form is Format.JSON:
        emit_json(found.as_json())
    else:
        _emit_text(found)
    if found.refused:
        raise typer.Exit(ExitCode.DATA)


def _emit_text(found: Summary) -> None:
    if not found.groups:
        emit("no rows")
        return
    names = tuple(found.groups[0].key)
    rows = [
        (*(_cell(group.key[name]) for name in names), f"{group.rows:,}", group.text) for group in found.groups
    ]
    emit_columns([(*names, "figures", "sum"), *rows])
    if found.split_by:
        emit(f"(one line per {', '.join(found.split_by)}: figures of different ones are never added)")
    _emit_section("", [line for group in found.groups for line in _remarks(group)])
    _emit_section("Left out", [line for group in found.groups for line in _left_out(group)])
    refused = [
        line
        for r in found.refused
        for line in (
            f"{r.guard} {_label(r.group)}: {r.reason} ({_ids(r.rows, r.count)})",
            f"   instead: {r.instead}",
        )
    ]
    _emit_section("Refused", refused)


def _emit_section(title: str, lines: list[str]) -> None:
    if lines:
        emit("")
    if title and lines:
        emit(f"{title}:")
    for line in lines:
        emit(f"  {line}" if title else line)


def _remarks(group: Group) -> Iterator[str]:
    label = _label(group.key)
    for field, codes in group.people.items():
        yield f"{label}: {field} {', '.join(codes)}"
    for note in group.notes:
        yield f"{label}: {note}"
    for stated in (*group.contested, *group.confirmed):
        counted = "" if stated.counted else ", which is not counted"
        yield f"{label}: {stated.claimant or 'someone'} {stated.stance} the {stated.aspect} of {stated.id}{counted} ({stated.claim_id})"


def _left_out(group: Group) -> Iterator[str]:
    for out in group.excluded:
        yield f"{out.guard} {_label(group.key)}: {out.reason} ({_ids(out.rows, out.count)})"


def _label(key: dict[str, str | None]) -> str:
    return " · ".join(_cell(value) for value in key.values())


def _ids(rows: tuple[str, ...], count: int) -> str:
    more = count - len(rows[:_IDS_SHOWN])
    return ", ".join(rows[:_IDS_SHOWN]) + (f" and {more:,} more" if more else "")


def _cell(value: str | None) -> str:
    return value or "–"
