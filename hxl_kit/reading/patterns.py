"""Regular expressions of strangers: which may take for ever, and how to run them so that they end.

Python's `re` tries every way of dividing a text among repetitions: `(a+)+$` takes twice as long with each letter.
Frictionless runs it, so a verdict that is frictionless' own must too. `check_pattern` tells the patterns whose time
cannot be bounded by their form; `matches` runs those in a process of its own, which is ended when time is up.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError
from hxl_kit.reading.limits import PATTERN_CELL_CHARACTERS, PATTERN_CHARACTERS, PATTERN_SECONDS
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGE = 16
"""A repetition that may go on so often, or for ever, multiplies the ways of what it repeats."""

OPTIONS = 12
"""So many optional parts, one after the other, may be there or not in 2 to the 12th ways."""

WORKER = (
    "import json, re, sys\n"
    "asked = json.load(sys.stdin)\n"
    "expression = re.compile(asked['expression'])\n"
    "json.dump([expression.match(value) is not None for value in asked['values']], sys.stdout)\n"
)


class SlowPatternError(InputError):
    """A pattern was not done with its values in time."""


@dataclass(frozen=True)
class Shape:
    """What of a pattern decides its time: open repetitions, choices, and the first fault found."""

    open: int
    choices: int
    fault: str | None


def check_pattern(pattern: str) -> str | None:
    r"""Return why a pattern may take for ever on a short text, in plain words; None when its form rules that out.

    It errs on the safe side: `(?:\d+,)*` is told although its comma keeps it quick.
    """
    shape = _shape(pattern)
    return shape if shape is None or isinstance(shape, str) else _fault(shape)


def grows_with_length(pattern: str) -> bool:
    """Return whether a pattern may take the square of a text's length, or more: then long texts are for `matches`."""
    shape = _shape(pattern)
    return isinstance(shape, str) or (shape is not None and (_fault(shape) is not None or shape.open > 1))


def matches(expression: str, values: Sequence[str], *, seconds: float = PATTERN_SECONDS) -> list[bool]:
    """Return for each value whether `re.match` finds the expression at its beginning.

    What could be slow runs in a process that is ended when time is up.

    Raises:
        SlowPatternError: time is up.
        InputError: the expression is not one.
    """
    if not values:
        return []
    if not _needs_watch(expression, max(map(len, values))):
        compiled = re.compile(expression)
        return [compiled.match(value) is not None for value in values]
    return _watched(expression, values, seconds)


def _needs_watch(expression: str, longest: int) -> bool:
    shape = _shape(expression)
    if shape is None or isinstance(shape, str):
        return shape is not None
    return _fault(shape) is not None or (shape.open > 1 and longest > PATTERN_CELL_CHARACTERS)


def _watched(expression: str, values: Sequence[str], seconds: float) -> list[bool]:
    asked = json.dumps({"expression": expression, "values": list(values)})
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter with a program of ours
            [sys.executable, "-I", "-S", "-c", WORKER],
            input=asked,
            capture_output=True,
            text=True,
            encoding="ascii",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SlowPatternError(
            f"the pattern '{shown(expression)}' is not done with {len(values):,} values after {seconds:g} s: "
            "write it without repetitions inside repetitions"
        ) from error
    if done.returncode:
        raise InputError(f"'{shown(expression)}' is no regular expression that can be run")
    found: list[bool] = json.loads(done.stdout)
    return found


def _shape(pattern: str) -> Shape | str | None:
    """Return a pattern's shape, or why it has none; None for one that `re` refuses, which takes no time."""
    if len(pattern) > PATTERN_CHARACTERS:
        return f"it is longer than {PATTERN_CHARACTERS:,} characters"
    try:
        with warnings.catch_warnings(action="ignore"):
            parsed = _parser().parse(pattern)
    except (RecursionError, OverflowError):
        return "it is nested too deeply, or repeats too often"
    except re.error:
        return None
    return _walked(parsed)


def _fault(shape: Shape) -> str | None:
    if shape.fault:
        return shape.fault
    if shape.choices > OPTIONS:
        return f"it has {shape.choices} optional or alternative parts"
    return f"it has {shape.open} open repetitions" if shape.open > 2 else None  # noqa: PLR2004 - the cube


def _parser() -> Any:
    """Return the module that parses patterns for `re`: only it knows Python's own syntax exactly."""
    return re._parser  # type: ignore[attr-defined]  # noqa: SLF001


def _walked(parsed: Any) -> Shape:
    """Return the shape of a parsed pattern, which is a list of operations and their arguments."""
    found = [_operation(str(operation), argument) for operation, argument in parsed]
    faults = (shape.fault for shape in found if shape.fault)
    return Shape(sum(s.open for s in found), sum(s.choices for s in found), next(faults, None))


def _operation(name: str, argument: Any) -> Shape:
    inner = _together([_walked(part) for part in _parts(argument)])
    if name == "BRANCH":
        return Shape(inner.open, inner.choices + 1, inner.fault)
    if name.startswith("GROUPREF"):
        return Shape(inner.open + 1, inner.choices + 1, inner.fault)
    if not name.endswith("_REPEAT"):
        return inner
    return _repeated(int(argument[0]), int(argument[1]), inner)


def _repeated(low: int, high: int, inner: Shape) -> Shape:
    large = high >= LARGE
    nested = inner.open or (inner.choices and large)
    fault = inner.fault or (
        "it repeats what itself repeats or has alternatives" if high > 1 and nested else None
    )
    if low == high:
        return Shape(inner.open, inner.choices * min(high, LARGE), fault)
    return Shape(inner.open + large, inner.choices + (not large), fault)


def _together(shapes: list[Shape]) -> Shape:
    faults = (shape.fault for shape in shapes if shape.fault)
    return Shape(sum(s.open for s in shapes), sum(s.choices for s in shapes), next(faults, None))


def _parts(argument: Any) -> Iterator[Any]:
    """Yield the patterns inside the argument of an operation, however it holds them."""
    if isinstance(argument, _parser().SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _parts(part)
