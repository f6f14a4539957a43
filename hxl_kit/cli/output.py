"""stdout is data, stderr is messages."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any, Protocol

import typer

from hxl_kit.cli import state
from hxl_kit.cli.options import Format
from hxl_kit.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hxl_kit.package.build import Built

SHOWN_REASONS = 10
ONE_BYTE = 0x100
PLAIN = "\n\t\u00a0\u202f"
"""What does no harm though it is not printable to Python: line ends, tabs, and French no-break spaces."""

BEYOND_ASCII = re.compile(r"[^\n -~]")


class Told(Protocol):
    """What a command found or did, for machines and for people."""

    def as_json(self) -> Any:
        """Return it as the documented JSON."""

    def as_text(self) -> str:
        """Return it for people."""


def emit_as(form: Format, told: Told) -> None:
    """Write what a command found or did to stdout, in the form that was asked for."""
    if form is Format.JSON:
        emit_json(told.as_json())
    else:
        emit(told.as_text())


def emit_json(data: Any) -> None:
    """Write data to stdout as JSON, two spaces, UTF-8; what steers a terminal or hides is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    sys.stdout.write(
        BEYOND_ASCII.sub(lambda m: m[0] if m[0].isprintable() else json.dumps(m[0])[1:-1], text) + "\n"
    )


def emit(text: str) -> None:
    """Write text to stdout, with control characters other than line ends and tabs made visible."""
    sys.stdout.write(printable(text) + "\n")


def printable(text: str) -> str:
    """Return text with control and invisible characters other than line ends and tabs made visible."""
    return "".join(c if c.isprintable() or c in PLAIN else _visible(c) for c in text)


def _visible(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < ONE_BYTE else f"\\u{code:04x}"


def emit_columns(rows: Iterable[Sequence[str]]) -> None:
    """Write rows to stdout as aligned columns; the last column is left as long as it is."""
    listed = [[*row] for row in rows]
    widths = [max(len(row[column]) for row in listed) for column in range(len(listed[0]))] if listed else []
    for row in listed:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True)]
        emit("  ".join([*cells, row[-1]]).rstrip())


def say(message: str) -> None:
    """Write a message to stderr, unless --quiet was given."""
    if not state.quiet:
        sys.stderr.write(f"{printable(message)}\n")


def tell_rejected(built: Built) -> None:
    """Say why rows were rejected, the most frequent reasons first, and where they are.

    Raises:
        Exit: rows were rejected (exit code 1).
    """
    if not built.rejected_rows:
        return
    for reason, count in list(built.reasons.items())[:SHOWN_REASONS]:
        say(f"rejected: {count:,} × {reason}")
    say(f"{built.rejected_rows:,} rows were rejected: see {built.private / 'rejected'}")
    raise typer.Exit(ExitCode.DATA)


def tell_protected(built: Built) -> None:
    """Say that cells may still name whom the author protects, and where they are listed."""
    if count := sum(count for rule, count in built.warnings.items() if rule.endswith("protected-named")):
        listed = built.private / "warnings.csv"
        say(f"protect: {count:,} × cells may still name whom you protect: see {listed}, and rewrite them")


def tell_unmatched(built: Built) -> None:
    """Say how many names of places led to no P-code, and where they are listed with the nearest candidates."""
    if built.unmatched:
        listed = built.private / "unmatched_places.csv"
        names = "1 name" if built.unmatched == 1 else f"{built.unmatched:,} names"
        say(f"places: {names} led to no P-code: see {listed}")


def tell_empty(built: Built) -> None:
    """Say which inputs had no data rows: an empty update should be meant."""
    for record in built.inputs:
        if not record.input_rows:
            say(f"warning: {record.name} has a header but no data rows")
