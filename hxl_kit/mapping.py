"""The verbs that a source's column map is written in.

Each returns a polars expression over the all-text columns of an input, made tidy by `tidy`: no white
space around a cell, and null where there is nothing else. A verb never guesses: text that it cannot
read becomes null, and `normalise` rejects a row whose filled cell became null.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard.codelists import codelist, crosswalk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hxl_kit.standard.tables import Field

DERIVED = "@derived"
KINDS = ("integer", "number", "count", "date", "day")
WORDS = "@words:"
CODED = "@code:"
UNKNOWN = "\x1f"
THOUSANDS_OR_PARTS = r"^[-+]?[1-9][0-9]{0,2}\.[0-9]{3}$"
"""A number whose point may group thousands or begin decimals."""
DECIDED = "e0"
"""What stands behind such a number when the rest of its column has shown that the point begins decimals."""

_EXACT_INTEGERS = 2.0**53
_LOOSE_SPACE = r"[ \t\r\n]{2,}|[\t\r\n]"
_AROUND = r"\A[\s#]|\s\z|\A\z"
_DATE_BYTES = len("2024-11-28")
_DATE = r"^(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-[0-9]{2}-[0-9]{2}$"
_TIME = r"^[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?$"
_MIDNIGHTS = [
    f"{gap}00:00:00{rest}" for gap in (" ", "T") for rest in ("", "Z", ".0", ".000", ".000Z", "+00:00")
]

POLARS_TYPES: dict[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
}
"""Table Schema types of the standard and the column types that hold them."""


def tidy(
    frame: pl.DataFrame, texts: Iterable[str], lines: Iterable[str] = ()
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the frame with the columns made tidy, and which ones needed it; these stay beside as `@raw:<name>`.

    `texts` lose the white space around a cell, `lines` have runs of it inside as one space as well; a blank
    cell is null. Most columns need nothing, which one look at each tells; a cell that begins with "#", as a
    spreadsheet's error does, makes its column one of those named.
    """
    wanted = {**dict.fromkeys(texts, _tidy_text), **dict.fromkeys(lines, _tidy_line)}
    looks = [pl.col(name).str.contains(_UNTIDY[verb]).any() for name, verb in wanted.items()]
    untidy = (
        tuple(name for name, needs in frame.select(looks).row(0, named=True).items() if needs)
        if wanted
        else ()
    )
    tidied = [wanted[name](pl.col(name)).alias(name) for name in untidy]
    return frame.with_columns(pl.col(name).alias(f"@raw:{name}") for name in untidy).with_columns(
        tidied
    ), untidy


def _tidy_text(cell: pl.Expr) -> pl.Expr:
    stripped = cell.str.strip_chars()
    return pl.when(stripped.str.len_bytes() > 0).then(stripped)


def _tidy_line(cell: pl.Expr) -> pl.Expr:
    return _tidy_text(cell).str.replace_all(_LOOSE_SPACE, " ")


_UNTIDY = {_tidy_text: _AROUND, _tidy_line: f"{_AROUND}|{_LOOSE_SPACE}"}


def text(column: str) -> pl.Expr:
    """Return the column as it is."""
    return pl.col(column)


def words(column: str) -> pl.Expr:
    """Return the column as received, whatever was repaired in it since: for `quantity_text`."""
    return pl.col(f"{WORDS}{column}")


def column_of(root: str) -> str | None:
    """Return the input column that a root of an expression stands for; None for what `normalise` adds itself."""
    name = root.removeprefix(WORDS)
    return None if name.startswith("@") else name


def line(column: str) -> pl.Expr:
    """Return a column that a reshape made as one line: without white space around it, runs of it as one space."""
    return _tidy_text(pl.col(column)).map_batches(_one_line, return_dtype=pl.String, is_elementwise=True)


def integer(column: str) -> pl.Expr:
    """Return whole numbers (Int64); anything but digits and a sign is null."""
    return text(column).cast(pl.Int64, strict=False).alias("@integer")


def number(column: str) -> pl.Expr:
    """Return finite numbers (Float64) written with a decimal point; anything else is null."""
    read = text(column).cast(pl.Float64, strict=False)
    return pl.when(read.is_finite()).then(read).alias("@number")


def count(column: str) -> pl.Expr:
    """Return numbers (Float64) of people or things; 1.234 is null, as it may be a thousand or a part of one."""
    cell = text(column)
    open_to_doubt = cell.str.contains(THOUSANDS_OR_PARTS)
    read = pl.when(~open_to_doubt).then(cell).cast(pl.Float64, strict=False)
    return pl.when(read.is_finite()).then(read).alias("@count")


def date(column: str) -> pl.Expr:
    """Return dates written YYYY-MM-DD, with or without a midnight time; anything else is null.

    A time other than midnight is null too: cutting it off would lose what the provider said.
    """
    cell = text(column)
    midnight = (cell.str.len_bytes() == _DATE_BYTES) | cell.str.slice(_DATE_BYTES).is_in(_MIDNIGHTS)
    day = cell.str.head(_DATE_BYTES)
    read = pl.when(midnight & day.str.contains(_DATE)).then(day).str.to_date("%Y-%m-%d", strict=False)
    return read.alias("@date")


def day(column: str) -> pl.Expr:
    """Return the date of a timestamp (`2024-11-28T12:00:00Z`) or date; anything else is null.

    For columns whose time of day is the provider's way of writing a date, not something it says.
    """
    cell = text(column)
    date_part, rest = cell.str.head(_DATE_BYTES), cell.str.slice(_DATE_BYTES)
    known = date_part.str.contains(_DATE) & ((cell.str.len_bytes() == _DATE_BYTES) | rest.str.contains(_TIME))
    return pl.when(known).then(date_part).str.to_date("%Y-%m-%d", strict=False).alias("@day")


def epoch_day(column: str) -> pl.Expr:
    """Return the UTC date of Unix seconds."""
    return pl.from_epoch(integer(column), time_unit="s").dt.date().alias("@epoch")


def month_start(year: str, month: pl.Expr) -> pl.Expr:
    """Return the first day of the month (1–12) of a year column."""
    return _month(year, month)


def month_end(year: str, month: pl.Expr) -> pl.Expr:
    """Return the last day of the month (1–12) of a year column."""
    return _month(year, month).dt.month_end()


def year_start(column: str) -> pl.Expr:
    """Return 1 January of a year column."""
    return _month(column, pl.lit(1))


def year_end(column: str) -> pl.Expr:
    """Return 31 December of a year column."""
    return _month(column, pl.lit(12)).dt.month_end()


def _month(year: str, month: pl.Expr) -> pl.Expr:
    written = phrase("{}-{}-01", text(year), month.cast(pl.String).str.zfill(2))
    return (
        pl.when(text(year).str.contains(r"^[12][0-9]{3}$"))
        .then(written)
        .str.to_date("%Y-%m-%d", strict=False)
    )


def boolean(column: str) -> pl.Expr:
    """Return true and false from true/false, yes/no, y/n, 1/0 in any letter case; anything else is null."""
    known = {
        "true": True,
        "yes": True,
        "y": True,
        "1": True,
        "false": False,
        "no": False,
        "n": False,
        "0": False,
    }
    return text(column).str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.Boolean)


def code(column: str, crosswalk_name: str) -> pl.Expr:
    """Return the standard's code for each provider value; a value not in the crosswalk is null."""
    mapping = crosswalk(crosswalk_name).mapping
    read = text(column).replace_strict(mapping, default=None, return_dtype=pl.String)
    return read.alias(f"{CODED}{crosswalk_name}")


def folded_code(column: str, crosswalk_name: str) -> pl.Expr:
    """Return the standard's code for each provider value, whatever its letter case; the crosswalk is in lower case."""
    mapping = crosswalk(crosswalk_name).mapping
    read = text(column).str.to_lowercase().replace_strict(mapping, default=None, return_dtype=pl.String)
    return read.alias(f"{CODED}{crosswalk_name}")


def unknown_code(column: str, crosswalk_name: str = "") -> pl.Expr:
    """Return what stands for a code that is not known, to be used where one is made from several columns.

    No code list has it, so it rejects its row; the reason then names the column, the cell and the nearest value
    of the crosswalk.
    """
    return pl.concat_str(pl.lit(UNKNOWN + UNKNOWN.join((column, crosswalk_name, ""))), text(column))


def titled(codes: pl.Expr, codelist_name: str) -> pl.Expr:
    """Return the title of each code in its code list."""
    titles = {c.code: c.title for c in codelist(codelist_name).codes}
    return codes.replace_strict(titles, default=None, return_dtype=pl.String)


def context(name: str) -> pl.Expr:
    """Return what `normalise` knows about every row: `source_id`, or the input's `row` number."""
    return pl.col(f"@{name}")


def derived(expr: pl.Expr) -> pl.Expr:
    """Return `expr` marked as a conclusion, whose null says "does not apply", not "could not be read"."""
    return expr.alias(DERIVED)


def plain_number(value: pl.Expr) -> pl.Expr:
    """Return numbers as text: whole ones without a decimal point, others with the fewest exact digits."""
    whole = (value == value.floor()) & (value.abs() <= _EXACT_INTEGERS)
    text_of_whole = value.cast(pl.Int64, strict=False).cast(pl.String)
    return pl.when(whole).then(text_of_whole).otherwise(value.cast(pl.String))


def constant(value: str | bool) -> pl.Expr:  # noqa: FBT001 - a value, not a switch
    """Return the same value in every row."""
    return pl.lit(value)


def phrase(form: str, *parts: pl.Expr | str) -> pl.Expr:
    """Return text with the parts in the places of `{}`; strings name columns; null if a part is null.

    As `polars.format`, which stops on frames that a filter left without rows at their beginning (polars 2.1).
    """
    columns = iter(pl.col(part) if isinstance(part, str) else part for part in parts)
    pieces = [
        pl.lit(piece) if n % 2 == 0 else next(columns)
        for n, piece in enumerate(re.split(r"(\{\})", form))
        if piece
    ]
    return pl.concat_str(pieces)


def joined(*parts: pl.Expr | str, separator: str = ":") -> pl.Expr:
    """Return the parts joined to one identifier; strings are literal parts; null if a part is null."""
    expressions = [pl.lit(part) if isinstance(part, str) else part for part in parts]
    return pl.concat_str(expressions, separator=separator)


def typed(field: Field) -> pl.Expr:
    """Return the verb that reads a column written in the standard's own form for `field`."""
    verbs = {"string": text, "integer": integer, "number": number, "boolean": boolean, "date": date}
    return verbs[field.type](field.name)


def kind_of(expr: pl.Expr) -> str | None:
    """Return what a verb reads a cell as ("integer", "number", "date", "day"), or None for other expressions."""
    name = expr.meta.output_name(raise_if_undetermined=False) or ""
    return name[1:] if name.startswith("@") and name[1:] in KINDS else None


def crosswalk_of(expr: pl.Expr) -> str | None:
    """Return the crosswalk that a verb looks a cell up in, or None for other expressions."""
    name = expr.meta.output_name(raise_if_undetermined=False) or ""
    return name.removeprefix(CODED) if name.startswith(CODED) else None


def single_root(expr: pl.Expr) -> str | None:
    """Return the one input column that an expression reads as it is; None for derived ones and those of several."""
    if expr.meta.output_name(raise_if_undetermined=False) == DERIVED:
        return None
    roots = set(expr.meta.root_names())
    return roots.pop() if len(roots) == 1 and not next(iter(roots)).startswith("@") else None


def _one_line(cells: pl.Series) -> pl.Series:
    """Collapse white space in the distinct cells that need it: names repeat, and few are untidy."""
    distinct = cells.unique()
    untidy = distinct.filter(distinct.str.contains(_LOOSE_SPACE))
    return cells.replace(untidy, untidy.str.replace_all(_LOOSE_SPACE, " ")) if len(untidy) else cells
