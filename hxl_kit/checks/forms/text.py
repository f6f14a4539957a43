"""What no cell may be, whatever its column holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.forms.found import Found
from hxl_kit.checks.forms.patterns import (
    CONTROL,
    ERROR,
    FORMULA,
    INVISIBLE,
    JOINER_IN_ASCII,
    MIXED,
    MOJIBAKE,
    ODD_SPACE,
    SHORT,
)
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.checks.rule import Rule, Severity


def _any_cell(cell: pl.Expr) -> Iterator[Found]:
    hidden = cell.str.contains(f"{INVISIBLE}|{CONTROL}") | cell.str.contains(JOINER_IN_ASCII)
    yield Found(
        "formula",
        "error",
        cell.str.contains(FORMULA),
        N_("would run as a formula in a spreadsheet (injection)"),
    )
    yield Found(
        "invisible",
        "warning",
        hidden,
        N_(
            "holds invisible characters (zero-width as U+200B, direction marks or controls): joins on it fail"
        ),
    )
    composed = cell.str.contains(r"\p{M}") & (cell != cell.str.normalize("NFC"))
    yield Found(
        "unicode",
        "warning",
        composed,
        N_("is not normalised Unicode (NFC): the same name can be two in a join"),
    )
    yield Found(
        "cell-error",
        "warning",
        cell.str.contains(ERROR),
        N_("is an error of a spreadsheet's formula, no value"),
    )
    named = cell.str.len_chars() <= SHORT
    yield Found(
        "whitespace",
        "warning",
        named & cell.str.contains(ODD_SPACE),
        N_("has white space around it, or a no-break space: joins on it fail"),
    )
    mixed = named & cell.str.contains(MIXED)
    yield Found(
        "scripts",
        "warning",
        mixed,
        N_("mixes letters that look alike of two scripts (Latin with Cyrillic or Greek)"),
    )
    yield Found(
        "mojibake", "warning", cell.str.contains(MOJIBAKE), N_("holds letters that were decoded wrongly")
    )


def cell_rules(column: str) -> tuple[Rule, ...]:
    """Return the rules that every cell of text keeps; a cell that does not match `SUSPECT` keeps them all."""
    return tuple(found.rule(column) for found in _any_cell(pl.col(column)))


def header_rules(name: str) -> Iterator[tuple[str, Severity, str]]:
    """Yield what is wrong with the name of a column: rule, severity and message."""
    named = pl.DataFrame({"name": [name]})
    for found in _any_cell(pl.col("name")):
        if found.slug != "whitespace" and named.select(found.violated).item():
            yield found.slug, found.severity, found.message
