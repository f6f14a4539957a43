"""libhxl's recorded answers beside those of hxl_kit, section by section; differences on purpose have their reason."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.hxl_schema import HxlSchema, core_schema, hxl_issues, read_schema
from hxl_kit.hxl_schema.running import UNREAD
from hxl_kit.reading.hashtags import find_hashtag_row
from hxl_kit.reading.table import ROW_NUMBER, Batch, TableText
from hxl_kit.standard.schemas import path_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TESTS = {
    "hxl-required": "required",
    "hxl-datatype": "datatype",
    "hxl-range": "range",
    "hxl-whitespace": "whitespace",
    "hxl-regex": "regex",
    "hxl-unique": "unique_value",
    "hxl-unique-row": "unique_row",
    "hxl-list": "enumeration",
    "hxl-correlation": "correlation",
    "hxl-consistent": "consistent_datatype",
    "hxl-spelling": "spelling",
    "hxl-outlier": "outlier",
    "hxl-date-order": "date order",
    UNREAD: "external",
}
"""Our tests and libhxl's names for them."""

Answer = Any


@dataclass(frozen=True)
class Case:
    """A recorded answer beside ours."""

    id: str
    recorded: Answer
    ours: Answer


def run(recorded: Path) -> int:
    """Compare all sections of a file of recorded answers; print agreement, return 1 on a difference without reason."""
    corpus = json.loads(recorded.read_text(encoding="utf-8"))
    reasons = differences()
    failed = 0
    for section, judge in SECTIONS.items():
        cases = list(judge(corpus[section]))
        differ = [case for case in cases if case.recorded != case.ours]
        unknown = [case for case in differ if case.id not in reasons]
        print(f"{section}: {len(cases) - len(differ)} of {len(cases)} agree, {len(differ) - len(unknown)} differ on purpose")
        for case in differ:
            print(f"  {case.id}: {reasons.get(case.id, 'DIFFERS')}")
        for case in unknown:
            print(f"  {case.id}\n    recorded: {case.recorded}\n    ours:     {case.ours}")
        failed += len(unknown)
    return int(failed > 0)


def differences() -> dict[str, str]:
    """Return the cases in which hxl_kit differs on purpose, and why."""
    with path_of("hxl", "differences.csv").open(encoding="utf-8", newline="") as file:
        return {row["case"]: row["why"] for row in csv.DictReader(file)}


def validation(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield the verdicts on the cases of schemas: each mark as test, severity, row, column, value, suggestion."""
    with tempfile.TemporaryDirectory(prefix="hxl-kit-cases-") as folder:
        for case in cases:
            recorded = "refused" if "error" in case else sorted(map(_recorded_mark, case["expected"]["errors"]), key=str)
            yield Case(case["id"], recorded, _verdict(case, Path(folder)))


def _verdict(case: dict[str, Any], folder: Path) -> Answer:
    try:
        schema = _schema(case, folder)
    except InputError:
        return "refused"
    table = table_of(case["data_rows"])
    found = hxl_issues(table, schema)
    return sorted(
        (
            (
                TESTS[finding.rule],
                finding.severity,
                None if finding.row_number is None else finding.row_number - 1,
                None if finding.column is None else finding.column - 1,
                finding.value,
                finding.suggested,
            )
            for finding in found
        ),
        key=str,
    )


def _schema(case: dict[str, Any], folder: Path) -> HxlSchema:
    if case["schema_rows"] is None:
        return core_schema()
    lists = {}
    for number, (address, text) in enumerate(case.get("external", {}).items()):
        lists[address] = folder / f"{case['id']}-{number}.csv"
        lists[address].write_text(text, encoding="utf-8")
    return read_schema(table_of(case["schema_rows"]), lists=lists)


def _recorded_mark(error: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(error[key] for key in ("test", "severity", "source_row", "col", "value", "suggested_value"))


def table_of(rows: Sequence[Sequence[str]]) -> TableText:
    """Return rows of cells as a table, short ones filled with empty cells, long ones cut."""
    found = find_hashtag_row(rows)
    if found is None:
        raise InputError("rows: no hashtag row")
    width = len(found.tags)
    names = [f"column {n + 1}" for n in range(width)]
    data = [(*row[:width], *[""] * (width - len(row))) for row in rows[found.index + 1 :]]
    numbers = pl.Series(ROW_NUMBER, range(found.index + 2, found.index + 2 + len(data)), dtype=pl.UInt32)
    cells = [pl.Series(name, [row[n] or None for row in data], dtype=pl.String) for n, name in enumerate(names)]
    frame = pl.DataFrame([numbers, *cells])
    return TableText(
        Path("rows"), "csv", "utf-8", ",", None, tuple(names), found.tags, found.index + 2, (), lambda: iter([Batch(frame)])
    )


SECTIONS: dict[str, Callable[[Sequence[dict[str, Any]]], Iterator[Case]]] = {"validation": validation}
