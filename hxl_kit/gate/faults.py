"""frictionless' own faults, told as errors."""

from __future__ import annotations

from typing import Any

from frictionless import errors


def fault(error: Exception) -> Any:
    """Return an error of type "error" that says what frictionless stopped with; never a value of the data."""
    text = str(error)
    said = f": {text}" if text and not any(quote in text.replace("can't", "") for quote in "'\"") else ""
    note = f"frictionless 5.21 stopped with {type(error).__name__}{said}; the data could not be judged"
    return errors.Error(note=note)
