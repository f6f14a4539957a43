"""What the cells of any table must be, known to us or not: by what a column is called, and whatever it is called.

A bare table says nothing about its types. Where a column's name or hashtag is plain (`event_date`, `fatalities`,
`#geo+lat`, `adm2_pcode`; `schemas/words/column_meanings.csv`), its cells must be dates that exist, whole numbers of
people, degrees or P-codes. No cell may run as a formula in a spreadsheet (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.rule import Rule
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.checks.rule import Severity
    from hxl_kit.standard.tags import Tag

MOST_PEOPLE = 10_000_000_000
"""No count of people is larger: more than all of mankind."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
AHEAD_DAYS = 366
LIMITS = {"latitude": 90, "longitude": 180}

INVISIBLE = (
    r"[\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{180e}\u{200b}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}"
    r"\u{3164}\u{feff}\u{ffa0}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]"
)
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
JOINER = r"[\u{200c}\u{200d}]"
JOINER_IN_ASCII = rf"[ -~]{JOINER}|{JOINER}[ -~]|^{JOINER}|{JOINER}$"
"""Joiners are letters' own in Persian and Hindi; beside Latin letters and digits they only hide."""

SUSPECT = r"[^ -~]|^\s|\s$|^[=+@#-]"
"""Without any of these a cell is plain: one look at each column tells which ones need a closer one."""

LEAD = r"^[\s\p{Cf}\p{Cc}]*"
SUM = r"[+\-](?:[0-9]+(?:\.[0-9]+)?|\$?[A-Z]{1,3}\$?[0-9]+)[+*^]\$?[0-9A-Z(]"
"""A sum that begins with a sign, as `+1+1` and `-A1*2`; a minus or slash between is a telephone number's or a date's."""

FORMULA = rf"{LEAD}[=＝]\s*[^=＝\s]|{LEAD}[+\-@＋－＠][A-Za-z_.]+\(|{LEAD}[+\-@=＋－＠].*\|.*!|{LEAD}{SUM}"
ERROR = r"^#(?:REF!|DIV/0!|N/A|NAME\?|VALUE!|NUM!|NULL!|SPILL!|CALC!)$"
MOJIBAKE = r"\u{fffd}|Ã[\u{80}-\u{bf}]|â€[\u{90}-\u{ff}™œ“”˜]"

ISO = r"^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?:[T ]|$)"
CLOCK = (
    r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[T ](?:(?:[01]?[0-9]|2[0-3]):?[0-5][0-9](?::?[0-5][0-9](?:[.,][0-9]+)?)?"
    r"|24:00(?::00(?:\.0+)?)?)\s?(?:Z|UTC|[+-](?:0[0-9]|1[0-4]):?(?:[0-5][0-9])?)?)?$"
)
COMPACT = r"^([0-9]{8})$"
DAY_MONTH = r"^([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4}|[0-9]{2})(?:\D|$)"
SERIAL = r"^[0-9]{5}(?:\.[0-9]+)?$"
CLOCK_COUNT = r"^[0-9]{9,}(?:\.[0-9]+)?$"
TIME = r"^[0-9]{1,2}:[0-9]{2}"
LONG_YEAR = r"^[+-]?[0-9]{5,}-[0-9]{1,2}-|^-[0-9]{4}-[0-9]{1,2}-"
"""A year of more than four digits, or before our era."""

MISSING = r"(?i)^(?:n/?a|nan|none|null|nil|unknown|tbd|-+|–|—|\?+|\.+)$"
NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
INTEGER = r"^[+-]?[0-9]+(?:\.0*)?$"
DIGITS = r"[\p{Nd}--[0-9]]"
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
EATEN = (
    rf"(?i)^(?:[0-9]{{1,2}}[-/ ]{MONTH}(?:[-/ ][0-9]{{2,4}})?|{MONTH}[-/ ][0-9]{{1,4}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}.*"
    r"|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}|[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2})?)$"
)

STANDARD = r"^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9:.,]+ ?(?:Z|UTC|[+-][0-9:]+)?)?)?|-?Q[1-4]|-?W[0-9]{2})?$|^[0-9]{8}$"
PCODE = r"^[A-Z]{2,3}[0-9][0-9A-Z]*$"
ODD_SPACE = r"^\s|\s$|[\u{a0}\u{1680}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}]"
SHORT = 60
"""Cells up to this length are names and codes, by which tables are joined."""

MIXED = r"[A-Za-z][\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}][A-Za-z]"

Found = tuple[str, "Severity", pl.Expr, str]


def meaning_of(name: str, tag: Tag | None = None) -> str | None:
    """Return what a column's hashtag, or else its name, says that it holds; None where neither is plain."""
    if tag is not None:
        return next(
            (m for m, of, pattern in _meanings() if of == "tag" and pattern.fullmatch(str(tag))), None
        )
    folded = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return next((m for m, of, pattern in _meanings() if of == "name" and pattern.fullmatch(folded)), None)


def cell_rules(column: str) -> tuple[Rule, ...]:
    """Return the rules that every cell of text keeps; a cell that does not match `SUSPECT` keeps them all."""
    return tuple(
        Rule(rule, "", column, severity, violated, message)
        for rule, severity, violated, message in _any_cell(pl.col(column))
    )


def meaning_rules(column: str, meaning: str, today: dt.date) -> tuple[Rule, ...]:
    """Return the rules of a column of text by what it holds.

    The meanings "digits" and "size" are those of numbers and whole numbers that have rules of their own: only the
    script of their digits is told, and that whole numbers are too large.
    """
    cell = pl.col(column)
    plain = ascii_digits(cell.str.replace_all(f"{INVISIBLE}|{JOINER}|{CONTROL}", "").str.strip_chars())
    return tuple(
        Rule(rule, "", column, severity, violated, message)
        for rule, severity, violated, message in _MEANINGS[meaning](cell, plain, today)
    )


def header_rules(name: str) -> Iterator[tuple[str, Severity, str]]:
    """Yield what is wrong with the name of a column: rule, severity and message."""
    named = pl.DataFrame({"name": [name]})
    for rule, severity, violated, message in _any_cell(pl.col("name")):
        if rule != "whitespace" and named.select(violated).item():
            yield rule, severity, message


def place_rules(latitude: str, longitude: str) -> tuple[Rule, ...]:
    """Return the rule on two columns of text that hold degrees: nothing happens at 0, 0."""
    zero = pl.all_horizontal(
        pl.col(name).str.contains(r"^[+-]?0+(?:\.0*)?$") for name in (latitude, longitude)
    )
    message = "latitude and longitude are 0, a place in the sea that stands for no place: leave them empty"
    return (Rule("degrees", "", latitude, "warning", zero, message),)


def ascii_digits(cell: pl.Expr) -> pl.Expr:
    """Return text with the digits of Arabic, Persian and Indian scripts as 0 to 9, and the Arabic decimal mark as a point."""
    return cell.str.replace_many(*_digit_pairs())


def _any_cell(cell: pl.Expr) -> Iterator[Found]:
    hidden = cell.str.contains(f"{INVISIBLE}|{CONTROL}") | cell.str.contains(JOINER_IN_ASCII)
    yield (
        "formula",
        "error",
        cell.str.contains(FORMULA),
        "would run as a formula in a spreadsheet (injection)",
    )
    yield (
        "invisible",
        "warning",
        hidden,
        "holds invisible characters (zero-width as U+200B, direction marks or controls): joins on it fail",
    )
    composed = cell.str.contains(r"\p{M}") & (cell != cell.str.normalize("NFC"))
    yield (
        "unicode",
        "warning",
        composed,
        "is not normalised Unicode (NFC): the same name can be two in a join",
    )
    yield (
        "cell-error",
        "warning",
        cell.str.contains(ERROR),
        "is an error of a spreadsheet's formula, no value",
    )
    named = cell.str.len_chars() <= SHORT
    yield (
        "whitespace",
        "warning",
        named & cell.str.contains(ODD_SPACE),
        "has white space around it, or a no-break space: joins on it fail",
    )
    mixed = named & cell.str.contains(MIXED)
    yield (
        "scripts",
        "warning",
        mixed,
        "mixes letters that look alike of two scripts (Latin with Cyrillic or Greek)",
    )
    yield "mojibake", "warning", cell.str.contains(MOJIBAKE), "holds letters that were decoded wrongly"


def _date(cell: pl.Expr, plain: pl.Expr, today: dt.date) -> Iterator[Found]:
    iso = plain.str.extract(ISO)
    day = pl.coalesce(
        iso.str.to_date("%Y-%m-%d", strict=False),
        plain.str.extract(COMPACT).str.to_date("%Y%m%d", strict=False),
    )
    written = iso.is_not_null() | plain.str.contains(COMPACT)
    wrong_clock = iso.is_not_null() & ~plain.str.contains(CLOCK)
    year = pl.coalesce(
        day.dt.year(), plain.str.extract(r"^([0-9]{4})(?:-[0-9]{1,2})?$").cast(pl.Int32, strict=False)
    )
    counted = plain.str.contains(SERIAL) | (plain.str.contains(CLOCK_COUNT) & ~plain.str.contains(COMPACT))
    first, second = (plain.str.extract(DAY_MONTH, n).cast(pl.Int32) for n in (1, 2))
    short = plain.str.extract(DAY_MONTH, 3).str.len_bytes() == 2  # noqa: PLR2004 - a year of two digits
    unclear = ((first <= 12) & (second <= 12) & (first != second)) | short  # noqa: PLR2004 - months
    wordy = ~plain.str.contains("[0-9]") & (plain != "")
    missing = plain.str.contains(MISSING)
    yield (
        "date",
        "error",
        (written & (day.is_null() | wrong_clock)) | _no_such_day(plain),
        "is not a date, or a time of day, that exists",
    )
    yield "date", "error", counted, "is a spreadsheet's serial number, or a count of seconds, not a date"
    yield (
        "date",
        "error",
        unclear,
        "is an ambiguous date: is the day or the month first? Write it as 2024-03-01",
    )
    mixed = (first > 12).any() & (second > 12).any() & ((first > 12) | (second > 12))  # noqa: PLR2004
    yield "date", "error", mixed, "is a date with day and month in another order than others of its column"
    other = (
        plain.str.contains("[0-9]")
        & ~plain.str.contains(STANDARD)
        & ~counted
        & ~unclear.fill_null(value=False)
    )
    yield "date", "warning", other, "is a date in another format than 2024-03-01"
    yield (
        "date",
        "error",
        ~year.is_between(FIRST_YEAR, LAST_YEAR) | plain.str.contains(LONG_YEAR),
        f"has a year out of range ({FIRST_YEAR} to {LAST_YEAR}): a date of another calendar (Hijri), or not a date",
    )
    yield (
        "date",
        "warning",
        day == dt.date(1970, 1, 1),
        "is 1970-01-01, which stands for no date (the epoch of clocks)",
    )
    yield (
        "date",
        "warning",
        day.is_between(dt.date(1899, 12, 30), dt.date(1900, 2, 28)),
        "is a day before March 1900, where spreadsheets put a zero or a small number: it stands for no date",
    )
    ahead = (day > today + dt.timedelta(days=AHEAD_DAYS)) & (day.dt.year() <= LAST_YEAR)
    yield "date", "warning", ahead, "is a date more than a year ahead"
    yield "date", "error", wordy & ~missing, "is not a date"
    yield "date", "error", plain.str.contains(TIME), "is a time of day, not a date"
    yield "date", "warning", missing, "is not a date: leave a missing date empty"
    yield from _other_digits(cell)


def _no_such_day(plain: pl.Expr) -> pl.Expr:
    """Return whether a date of the form 31/04/2024 exists neither with the day first nor with the month first."""
    numbers = plain.str.extract_groups(DAY_MONTH).struct
    text = pl.concat_str([numbers.field(str(n)) for n in (1, 2, 3)], separator="-")
    whole = numbers.field("3").str.len_bytes() == 4  # noqa: PLR2004 - the digits of a year
    read = [text.str.to_date(form, strict=False).is_null() for form in ("%d-%m-%Y", "%m-%d-%Y")]
    return whole & read[0] & read[1]


def _count(cell: pl.Expr, plain: pl.Expr, _: dt.date) -> Iterator[Found]:
    whole = plain.str.contains(INTEGER)
    digits = plain.str.strip_chars("+-").str.replace(r"\.0*$", "").str.strip_chars_start("0")
    yield (
        "count",
        "error",
        ~whole & (plain != ""),
        "is not an integer: a number of people is digits alone (empty: missing)",
    )
    yield "count", "error", whole & plain.str.starts_with("-") & (digits != ""), "is below the minimum 0"
    yield from _size(cell, plain, _)


def _size(cell: pl.Expr, plain: pl.Expr, _: dt.date) -> Iterator[Found]:
    digits = plain.str.strip_chars("+-").str.replace(r"\.0*$", "").str.strip_chars_start("0")
    large = plain.str.contains(INTEGER) & (digits.str.len_bytes() > len(str(MOST_PEOPLE)) - 1)
    yield (
        "count",
        "error",
        large,
        f"is out of range: not below the maximum {MOST_PEOPLE:,} (more than all people)",
    )
    yield from _other_digits(cell)


def _number(cell: pl.Expr, plain: pl.Expr, _: dt.date) -> Iterator[Found]:
    yield "number", "error", ~plain.str.contains(NUMBER) & (plain != ""), "is not a number"
    infinite = plain.str.contains(NUMBER) & plain.cast(pl.Float64, strict=False).is_infinite()
    yield "number", "error", infinite, "is out of range: not a finite number"
    yield from _other_digits(cell)


def _latitude(cell: pl.Expr, plain: pl.Expr, today: dt.date) -> Iterator[Found]:
    yield from _degrees("latitude", cell, plain, today)


def _longitude(cell: pl.Expr, plain: pl.Expr, today: dt.date) -> Iterator[Found]:
    yield from _degrees("longitude", cell, plain, today)


def _degrees(axis: str, cell: pl.Expr, plain: pl.Expr, today: dt.date) -> Iterator[Found]:
    beyond = plain.str.contains(NUMBER) & (plain.cast(pl.Float64, strict=False).abs() > LIMITS[axis])
    yield from _number(cell, plain, today)
    yield (
        "degrees",
        "error",
        beyond,
        f"is out of range: a {axis} is at most {LIMITS[axis]} degrees (swapped?)",
    )


def _pcode(cell: pl.Expr, plain: pl.Expr, _: dt.date) -> Iterator[Found]:
    bare = cell.str.replace_all(f"{INVISIBLE}|{JOINER}|{CONTROL}", "").str.strip_chars()
    yield (
        "pcode",
        "error",
        plain.str.contains(EATEN),
        "is a date where a P-code should be: a spreadsheet changed it",
    )
    yield "pcode", "error", bare.str.contains(r"[^\x00-\x7f]"), "is a P-code with non-ASCII digits or letters"
    numeric = plain.str.contains(NUMBER)
    odd = ~plain.str.contains(f"{PCODE}|{EATEN}|{NUMBER}") & bare.str.contains(r"^[\x00-\x7f]+$")
    yield (
        "pcode",
        "warning",
        odd,
        "has not the usual pattern of a P-code: letters of the country, then digits",
    )
    yield (
        "pcode",
        "error",
        numeric,
        "is a number, no P-code: those begin with letters (were leading zeros lost?)",
    )


def _digits(cell: pl.Expr, _: pl.Expr, __: dt.date) -> Iterator[Found]:
    yield from _other_digits(cell)


def _other_digits(cell: pl.Expr) -> Iterator[Found]:
    yield (
        "digits",
        "warning",
        cell.str.contains(DIGITS),
        "has digits other than 0 to 9 (Arabic, Indian, full-width)",
    )


_MEANINGS = {
    "digits": _digits,
    "size": _size,
    "date": _date,
    "count": _count,
    "number": _number,
    "latitude": _latitude,
    "longitude": _longitude,
    "pcode": _pcode,
}


@cache
def _meanings() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    with schemas.path_of("words", "column_meanings.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["meaning"], row["of"], re.compile(row["pattern"])) for row in csv.DictReader(file))


@cache
def _digit_pairs() -> tuple[list[str], list[str]]:
    zeros = (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10)
    """Arabic, Persian, Devanagari, Bengali, full-width."""
    pairs = [("٫", "."), *((chr(zero + n), str(n)) for zero in zeros for n in range(10))]
    return [given for given, _ in pairs], [digit for _, digit in pairs]
