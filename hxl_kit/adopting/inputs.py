"""The files of a dataset as inputs of a package: those whose source is certain, and what is missing of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.describe import describe_file
from hxl_kit.errors import HxlKitError
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hxl_kit.describe import Candidate, Description

FOLDER = "inputs"


@dataclass(frozen=True)
class Recognised:
    """The inputs, and for each file that is none the lines of a comment: what it may be, the last one says what is missing."""

    inputs: tuple[dict[str, str], ...]
    left: tuple[tuple[str, ...], ...]


def recognised(files: Iterable[Path], day: str) -> Recognised:
    """Return what each file of the folder `inputs` is by its columns; `day` is the one on which it came.

    A file with the rows of one before it (the same table in another format) is no input a second time.
    """
    inputs: list[dict[str, str]] = []
    left: list[tuple[str, ...]] = []
    rows: dict[tuple[object, ...], tuple[str, str]] = {}
    for file in files:
        path = f"{FOLDER}/{file.name}"
        try:
            described = describe_file(file)
        except HxlKitError as error:
            left.append(_left(path, f"cannot be read: {str(error).removeprefix(f'{file}: ')}"))
            continue
        certain = _certain(described)
        if certain is None:
            left.append(_left(path, _reason(described)))
            continue
        form = described[0].format
        twin, other = rows.setdefault(_content(certain, described), (path, form))
        if other != form:
            left.append(_left(path, f"has as many rows, in the same columns, as {twin}"))
            continue
        retrieved = {"retrieved_at": day} if certain.kind == "source" else {}
        inputs.append({"path": path, certain.kind: certain.id, **retrieved})
    return Recognised(tuple(inputs), tuple(left))


def _left(path: str, reason: str) -> tuple[str, ...]:
    return (f"- path: {path}", "source:", " ".join(reason.split()))


def _certain(described: tuple[Description, ...]) -> Candidate | None:
    """Return the one source or table that a file is without doubt."""
    found = {(c.kind, c.id): c for table in described for c in table.candidates if c.certain}
    return next(iter(found.values())) if len(found) == 1 else None


def _content(certain: Candidate, described: tuple[Description, ...]) -> tuple[object, ...]:
    fitting = [table for table in described if any(c.certain for c in table.candidates)]
    return certain.id, *((table.rows, *(column.name for column in table.columns)) for table in fitting)


def _reason(described: tuple[Description, ...]) -> str:
    candidates = dict.fromkeys(c for table in described for c in table.candidates)
    told = "; ".join(f"{c.kind} {c.id}: {shown(c.reason)}" for c in candidates)
    return told or "no source or table fits its columns"
