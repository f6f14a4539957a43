"""What a typed column must be for its field: its type, and the constraints of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import HxlKitError
from hxl_kit.validation.strict.logical import logical, one_text, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BOUNDS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "minimum": lambda cell, bound: cell >= bound,
    "maximum": lambda cell, bound: cell <= bound,
    "exclusiveMinimum": lambda cell, bound: cell > bound,
    "exclusiveMaximum": lambda cell, bound: cell < bound,
}
LENGTHS = ("minLength", "maxLength")
FROM_PAGES = ("enum", "pattern", *LENGTHS)


class UnjudgedError(HxlKitError):
    """A constraint cannot be judged on a column; the message says why."""


@dataclass(frozen=True)
class Column:
    """A column of a Parquet table: its field, and the texts that mean "no value" in it."""

    field: dict[str, Any]
    missing: Sequence[str]

    @property
    def name(self) -> str:
        """The field's name."""
        return str(self.field["name"])

    @property
    def type(self) -> str:
        """The field's type."""
        return str(self.field.get("type", "any"))

    @property
    def constraints(self) -> dict[str, Any]:
        """The field's constraints."""
        given = self.field.get("constraints")
        return given if isinstance(given, dict) else {}

    def bound(self, name: str) -> Any:
        """Return a constraint's bound as a value of the field; None where it is none."""
        return reader(self.field)(self.constraints[name])


def fits_type(kind: pl.DataType, type_: str) -> bool:
    """Whether a column of this kind can hold a field of this type; text is read cell by cell."""
    if type_ == "any" or kind == pl.Null or is_text(kind):
        return True
    match type_:
        case "integer" | "year":
            return kind.is_integer()
        case "number":
            return kind.is_numeric()
        case "array" | "list":
            return isinstance(kind, pl.List | pl.Array)
        case _:
            return kind.base_type() in TYPES.get(type_, ())


TYPES: dict[str, tuple[Any, ...]] = {
    "boolean": (pl.Boolean,),
    "date": (pl.Date,),
    "datetime": (pl.Datetime,),
    "time": (pl.Time,),
    "duration": (pl.Duration,),
    "object": (pl.Struct,),
}


def is_text(kind: pl.DataType) -> bool:
    """Whether a column holds text, which may be missing values or the values of another type."""
    return isinstance(kind, pl.String | pl.Categorical | pl.Enum)


def questions(column: Column, statistics: Any, *, text: bool) -> bool:
    """Whether a column chunk's pages must be read: its statistics do not prove that all its cells are right."""
    constraints = column.constraints
    if text:
        return bool(constraints) or column.type not in ("string", "any")
    if any(name in constraints for name in FROM_PAGES):
        return True
    asked = [name for name in BOUNDS if name in constraints]
    if constraints.get("required") and not _has_no_null(statistics):
        return True
    return any(not _proven(column, name, statistics) for name in asked)


def _has_no_null(statistics: Any) -> bool:
    return statistics is not None and statistics.has_null_count and statistics.null_count == 0


def _proven(column: Column, name: str, statistics: Any) -> bool:
    """Whether the least and the greatest value keep a bound; NaN, which statistics leave out, is never proven."""
    if statistics is None or not statistics.has_min_max:
        return False
    end = statistics.min if "inimum" in name else statistics.max
    bound = column.bound(name)
    if type(end) is not int or type(bound) not in (int, Decimal):
        return False
    kept: dict[str, bool] = {
        "minimum": end >= bound,
        "maximum": end <= bound,
        "exclusiveMinimum": end > bound,
        "exclusiveMaximum": end < bound,
    }
    return kept[name]


def broken(column: Column, cells: pl.Series) -> Iterator[tuple[str, pl.Series]]:
    """Yield each way in which cells are wrong, in words, and which cells are (booleans).

    Raises:
        UnjudgedError: a constraint cannot be judged.
    """
    if is_text(cells.dtype):
        text = cells.cast(pl.String)
        present = text.set(text.is_in(list(column.missing)), None)
        values = logical(present, column.field) if column.type != "string" else present
        unread = present.is_not_null() & values.is_null()
        if unread.any():
            yield f"the text is no value of the type {column.type}", unread
        cells = present if column.type in ("string", "any") else _typed(column, present)
    if column.constraints.get("required") and cells.null_count():
        yield "the field is required, and has no value here", cells.is_null()
    for name in column.constraints:
        wrong = _wrong(column, name, cells)
        if wrong is not None and wrong.any():
            yield f'the value breaks the constraint "{name}"', wrong


def _typed(column: Column, texts: pl.Series) -> pl.Series:
    """Return texts as values, where the type has a column type of its own."""
    kinds: dict[str, Any] = {"integer": pl.Int64, "year": pl.Int64, "number": pl.Float64, "date": pl.Date}
    return logical(texts, column.field).cast(kinds.get(column.type, pl.String), strict=False)


def _wrong(column: Column, name: str, cells: pl.Series) -> pl.Series | None:
    """Return which cells break a constraint; None for one that is none of theirs."""
    value = column.constraints[name]
    if name in BOUNDS:
        return _beyond(column, name, cells)
    if name in LENGTHS and type(value) is int:
        size = cells.list.len() if isinstance(cells.dtype, pl.List) else cells.cast(pl.String).str.len_chars()
        return (size < value if name == "minLength" else size > value).fill_null(value=False)
    if name == "enum" and isinstance(value, list):
        return _not_among(column, cells, value)
    if name == "pattern" and isinstance(value, str):
        return _not_matching(cells, value)
    return None


def _beyond(column: Column, name: str, cells: pl.Series) -> pl.Series:
    bound = column.bound(name)
    if bound is None:
        raise UnjudgedError(f'the constraint "{name}" is no value of the type {column.type}')
    literal = _literal(bound, cells.dtype)
    try:
        kept = pl.select(BOUNDS[name](pl.lit(cells), pl.lit(literal))).to_series()
    except (pl.exceptions.PolarsError, TypeError) as error:
        raise UnjudgedError(f'the constraint "{name}" cannot be compared with the column') from error
    nan = (
        cells.is_nan().fill_null(value=False)
        if cells.dtype.is_float()
        else pl.repeat(False, len(cells), eager=True)
    )
    return (~kept).fill_null(value=False) | nan


def _literal(bound: Any, kind: pl.DataType) -> Any:
    """Return a bound as polars compares it with the column without loss."""
    if not isinstance(bound, Decimal) or isinstance(kind, pl.Decimal):
        return bound
    return int(bound) if bound.is_finite() and bound == bound.to_integral_value() else float(bound)


def _not_among(column: Column, cells: pl.Series, given: list[Any]) -> pl.Series:
    read = reader(column.field)
    allowed = {one_text(read(value)) for value in given}
    distinct = cells.drop_nulls().unique()
    wrong = [value for value in distinct if one_text(read(value)) not in allowed]
    return cells.is_in(pl.Series(wrong, dtype=cells.dtype).implode()) if wrong else cells.is_null() & False


def _not_matching(cells: pl.Series, pattern: str) -> pl.Series:
    """Return which texts the pattern does not match, as `^pattern$`, in an engine whose time is bounded."""
    try:
        found = cells.cast(pl.String).str.contains(f"^{pattern}$")
    except pl.exceptions.ComputeError as error:
        raise UnjudgedError("the pattern cannot be judged in bounded time") from error
    return (~found).fill_null(value=False)
