"""Which cells of a block are certainly clean: sound tests in bulk, the cheapest ones that a field allows.

Each proof accepts only what frictionless' reader accepts without a note (a property test holds it to that); what it
does not accept is undecided, not wrong.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hxl_kit.gate.arrow import texts
from hxl_kit.gate.patterns import bulk_pattern, fixed_widths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from hxl_kit.gate.fields import Column
    from hxl_kit.gate.patterns import Span

    Proof = Callable[[pa.StringArray], np.ndarray]

EXACT = 1 << 53
"""Whole numbers below this are exact as floats."""
LONGEST_NUMBER = 18
"""Bytes; an exponent of 15 digits is the largest that Decimal takes without a fault."""
BYTES_PER_CHARACTER = 4
"""The most that UTF-8 takes for one."""
LAST_DAY = 9999_12_31
DAYS_OF_MONTH = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0])
BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}


def proofs_of(column: Column) -> tuple[Proof, ...]:
    """Return the proofs for a field, in the order to try them; none when only its reader can tell."""
    found = _typed_proofs(column)
    if column.required:
        return tuple(proof for proof in found if not _accepts_missing(proof, column))
    return (*found, partial(is_missing, missing=column.missing)) if column.missing else found


def always(column: Column) -> bool:
    """Whether no text at all can be wrong in this column."""
    plain = column.type == "any" or (column.type == "string" and column.format == "default")
    return plain and not column.constraints


def is_missing(cells: pa.StringArray, missing: tuple[str, ...]) -> np.ndarray:
    """Return for each cell whether it stands for a missing value."""
    if missing == ("",):
        empty: np.ndarray = lengths(cells) == 0
        return empty
    return np.asarray(pl.Series(cells).is_in(list(missing)))


def lengths(cells: pa.StringArray) -> np.ndarray:
    """Return the number of bytes of each cell."""
    return np.diff(_offsets(cells))


def _typed_proofs(column: Column) -> tuple[Proof, ...]:
    maker = _MAKERS.get(column.type)
    return tuple(maker(column)) if maker else ()


def _accepts_missing(proof: Proof, column: Column) -> bool:
    return bool(column.missing) and bool(proof(texts(column.missing)).any())


def _text(column: Column) -> Iterator[Proof]:
    rules = set(column.constraints) - {"required"}
    if column.format != "default" or "enum" in rules:
        return
    if "pattern" not in rules:
        if not column.required or column.missing in {(), ("",)}:
            yield partial(_by_bytes, least=_least(column), most=column.constraints.get("maxLength"))
        if rules or column.required:
            yield partial(_selected, accepted=_present_and_sized(column))
        return
    if rules == {"pattern"}:
        widths = fixed_widths(column.constraints["pattern"])
        if widths:
            yield partial(_fixed, spans=widths)
    found = bulk_pattern(column.constraints["pattern"])
    if found is not None:
        yield partial(_selected, accepted=pl.col("cell").str.contains(found) & _present_and_sized(column))


def _least(column: Column) -> int:
    """Return how many characters a cell must have at least, one when an empty one is missing and must not be."""
    return max(int(column.constraints.get("minLength", 0)), int(column.required and "" in column.missing))


def _by_bytes(cells: pa.StringArray, least: int, most: int | None) -> np.ndarray:
    """Return which cells are long enough and short enough whatever their characters are."""
    size = lengths(cells)
    fine = size > BYTES_PER_CHARACTER * (least - 1) if least > 0 else np.ones(len(size), bool)
    return fine if most is None else fine & (size <= most)


def _present_and_sized(column: Column) -> pl.Expr:
    text, characters = pl.col("cell"), pl.col("cell").str.len_chars()
    fine = pl.lit(value=True)
    if "minLength" in column.constraints:
        fine &= characters >= column.constraints["minLength"]
    if "maxLength" in column.constraints:
        fine &= characters <= column.constraints["maxLength"]
    return fine & ~text.is_in(list(column.missing)) if column.required else fine


def _whole_numbers(column: Column) -> Iterator[Proof]:
    limits = column.limits(*BOUNDS)
    plain = column.field.bare_number and set(column.constraints) <= BOUNDS | {"required"}
    if plain and all(isinstance(limit, int) and abs(limit) < EXACT for limit in limits.values()):
        yield partial(_whole_within, limits=limits)


def _whole_within(cells: pa.StringArray, limits: dict[str, int]) -> np.ndarray:
    # With nulls in it the column comes as floats, which are exact up to here.
    values = pl.Series(cells).cast(pl.Int64, strict=False).to_numpy()
    accepted: np.ndarray = np.less(values, EXACT) & np.greater(values, -EXACT)
    for name, limit in limits.items():
        accepted &= _within(values, name, limit)
    return accepted


def _numbers(column: Column) -> Iterator[Proof]:
    plain = not {"group_char", "decimal_char", "bare_number"} & set(column.field.list_defined())
    limits = column.limits(*BOUNDS)
    if not plain or not set(column.constraints) <= BOUNDS | {"required"}:
        return
    if all(limit is not None and np.isfinite(float(limit)) for limit in limits.values()):
        yield partial(_within_strictly, limits={name: float(limit) for name, limit in limits.items()})


def _within_strictly(cells: pa.StringArray, limits: dict[str, float]) -> np.ndarray:
    # Rounding keeps the order but may make two numbers equal, so equality proves nothing.
    values = pl.Series(cells).cast(pl.Float64, strict=False).to_numpy()
    accepted: np.ndarray = np.isfinite(values) & (lengths(cells) <= LONGEST_NUMBER)
    for name, limit in limits.items():
        accepted &= _within(values, name, limit, strictly=True)
    return accepted


def _within(values: np.ndarray, name: str, limit: float, *, strictly: bool = False) -> np.ndarray:
    strictly |= name.startswith("exclusive")
    compare = {
        (True, True): np.greater,
        (True, False): np.greater_equal,
        (False, True): np.less,
        (False, False): np.less_equal,
    }[name.lower().endswith("minimum"), strictly]
    within: np.ndarray = compare(values, limit)
    return within


def _selected(cells: pa.StringArray, accepted: pl.Expr) -> np.ndarray:
    frame = pl.DataFrame({"cell": pl.Series(cells)})
    return frame.select(accepted.fill_null(value=False)).to_series().to_numpy()


def _dates(column: Column) -> Iterator[Proof]:
    limits = column.limits("minimum", "maximum")
    if column.format != "default" or set(column.constraints) - {"required", "minimum", "maximum"}:
        return
    if all(type(limit).__name__ == "date" for limit in limits.values()):
        days = {name: limit.year * 10_000 + limit.month * 100 + limit.day for name, limit in limits.items()}
        yield partial(_days, least=days.get("minimum"), most=days.get("maximum"))


def _moments(column: Column) -> Iterator[Proof]:
    if column.format == "default" and not set(column.constraints) - {"required"}:
        yield _utc_seconds


def _fixed(cells: pa.StringArray, spans: tuple[Span, ...]) -> np.ndarray:
    rows, width = _of_width(cells, spans[-1].stop)
    if width is None:
        return rows
    return _filled(rows, _all_in_spans(width, spans))


def _all_in_spans(text: np.ndarray, spans: tuple[Span, ...]) -> np.ndarray:
    accepted = np.ones(len(text), bool)
    for span in spans:
        inside = (text[:, span.start : span.stop] - np.uint8(span.first)) <= span.last - span.first
        if not inside.all():
            accepted &= inside.all(axis=1)
    return accepted


def _days(cells: pa.StringArray, least: int | None, most: int | None) -> np.ndarray:
    rows, text = _of_width(cells, 10)
    if text is None:
        return rows
    return _filled(rows, _calendar_days(text, least, most))


def _calendar_days(text: np.ndarray, least: int | None, most: int | None) -> np.ndarray:
    """Return which texts are YYYY-MM-DD of days that are in the calendar, from the year 1 on."""
    digits = text - np.uint8(ord("0"))
    numbers = digits.astype(np.int32)
    day = numbers[:, 8] * 10 + numbers[:, 9]
    month = numbers[:, 5] * 10 + numbers[:, 6]
    year = numbers[:, 0] * 1000 + numbers[:, 1] * 100 + numbers[:, 2] * 10 + numbers[:, 3]
    accepted = (digits[:, (0, 1, 2, 3, 5, 6, 8, 9)] <= 9).all(axis=1)  # noqa: PLR2004 - a digit
    accepted &= (text[:, 4] == ord("-")) & (text[:, 7] == ord("-")) & (year > 0)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    accepted &= (month <= 12) & (day >= 1)  # noqa: PLR2004 - months of a year
    accepted &= day <= DAYS_OF_MONTH[np.minimum(month, 13)] + (leap & (month == 2))  # noqa: PLR2004 - February
    stamp = year * 10_000 + month * 100 + day
    within: np.ndarray = accepted & (stamp >= (least or 0)) & (stamp <= (most or LAST_DAY))
    return within


def _utc_seconds(cells: pa.StringArray) -> np.ndarray:
    rows, text = _of_width(cells, 20)
    if text is None:
        return rows
    digits = text - np.uint8(ord("0"))
    accepted = _calendar_days(text, None, None)
    accepted &= (digits[:, (11, 12, 14, 15, 17, 18)] <= 9).all(axis=1)  # noqa: PLR2004 - a digit
    for place, letter in ((10, "T"), (13, ":"), (16, ":"), (19, "Z")):
        accepted &= text[:, place] == ord(letter)
    accepted &= digits[:, 11] * 10 + digits[:, 12] <= 23  # noqa: PLR2004 - hours
    accepted &= (digits[:, 14] <= 5) & (digits[:, 17] <= 5)  # noqa: PLR2004 - minutes and seconds below 60
    return _filled(rows, accepted)


def _of_width(cells: pa.StringArray, width: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return which cells have `width` bytes, and these as a matrix of bytes (None when there is none)."""
    offsets = _offsets(cells)
    right = np.diff(offsets) == width
    data = np.frombuffer(cells.buffers()[2] or b"", np.uint8)
    if right.all():
        return right, data[offsets[0] : offsets[-1]].reshape(-1, width) if len(right) else None
    if not right.any():
        return right, None
    starts = offsets[:-1][right]
    return right, data[starts[:, None] + np.arange(width)]


def _filled(rows: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    """Return the verdict on the chosen rows as one on all rows."""
    if len(rows) == len(accepted):
        return accepted
    found = np.zeros(len(rows), bool)
    found[rows] = accepted
    return found


def _offsets(cells: pa.StringArray) -> np.ndarray:
    first = cells.offset
    return np.frombuffer(cells.buffers()[1], np.int32)[first : first + len(cells) + 1]


_MAKERS: dict[str, Callable[[Column], Iterator[Proof]]] = {
    "any": _text,
    "string": _text,
    "integer": _whole_numbers,
    "number": _numbers,
    "date": _dates,
    "datetime": _moments,
}
