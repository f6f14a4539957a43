"""`hxl-kit pcode`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit_columns, emit_json, say
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

_SHOWN = 3


def command(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...", help="Names or P-codes, each quoted; - reads one per line from stdin."
        ),
    ],
    level: Annotated[
        int,
        typer.Option(
            "--level",
            min=0,
            max=5,
            help="1 is the level below the country; 0 finds countries.",
            show_default=False,
        ),
    ],
    country: Annotated[str | None, typer.Option("--country", help="The country, ISO 3166-1 alpha-3.")] = None,
    parent: Annotated[
        str | None, typer.Option("--parent", help="The P-code of the unit above that the names lie in.")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="A CSV of reviewed decisions, which win.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", help="Match against names in these languages only, e.g. en or en,ar."),
    ] = None,
    gazetteer: Annotated[
        list[str] | None,
        typer.Option("--gazetteer", help="The id of an added release to use besides the built-in ones."),
    ] = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Find the P-codes of place names. What is not certain abstains, with the nearest candidates (exit code 0)."""
    from hxl_kit.places.lookup import look_up_countries

    asked = _asked(names)
    if level and not country:
        raise UsageError("pcode: name the country with --country ISO3; --level 0 finds countries")
    found = (
        _units(asked, str(country), level, parent, decisions, language, gazetteer or [])
        if level
        else look_up_countries(asked)
    )
    if form is Format.JSON:
        emit_json([_described(row) for row in found.iter_rows(named=True)])
    else:
        _tell(found)


def _asked(names: list[str]) -> list[str]:
    """Return the names, a single - replaced by the lines of stdin.

    Raises:
        UsageError: - stands beside names, or a name is not UTF-8 text.
    """
    if "-" in names and len(names) > 1:
        raise UsageError("pcode: give either names or - for the lines of stdin, not both")
    asked = [line.strip() for line in sys.stdin if line.strip()] if names == ["-"] else names
    for number, name in enumerate(asked, 1):
        if any("\ud800" <= letter <= "\udfff" for letter in name):
            raise UsageError(f"pcode: name {number} is not UTF-8 text; convert it, e.g. with iconv")
    return asked


def _units(
    names: list[str],
    country: str,
    level: int,
    parent: str | None,
    decisions: Path | None,
    language: str | None,
    added: list[str],
) -> pl.DataFrame:
    from hxl_kit.places.decisions import read_decisions
    from hxl_kit.places.gazetteer import gazetteer
    from hxl_kit.places.lookup import look_up

    units = gazetteer(*added)
    decided = read_decisions(decisions, units) if decisions else None
    if language:
        units = units.in_languages(*(code.strip() for code in language.split(",")))
    return look_up(names, country.upper(), level, units, parent=parent, decisions=decided)


def _described(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "candidates": row["candidates"] or [],
        "score": _rounded(row["score"]),
        "margin": _rounded(row["margin"]),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _tell(found: pl.DataFrame) -> None:
    head = ("name", "code", "matched name", "method", "score", "margin")
    rows = found.select("name", "code", "matched_name", "method", "score", "margin").rows()
    emit_columns([head, *([_cell(value) for value in row] for row in rows)])
    left = found.filter(found["code"].is_null())
    for name, candidates, reason in left.select("name", "candidates", "reason").iter_rows():
        say(f"{_cell(name)}: {reason}")
        for candidate in (candidates or [])[:_SHOWN]:
            say(f"  {candidate['code']} {candidate['name']} {_cell(candidate['score'])}")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else " ".join(str(value).split())
