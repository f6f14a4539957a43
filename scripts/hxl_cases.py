"""libhxl's recorded answers beside those of hxl_kit, section by section; differences on purpose have their reason."""

from __future__ import annotations

import csv
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import DataError, InputError, UsageError
from hxl_kit.hxl_schema import HxlSchema, core_schema, hxl_issues, read_schema
from hxl_kit.hxl_schema.cells import folded, numbers, spaced
from hxl_kit.hxl_schema.cleaning import clean, without_repeats
from hxl_kit.hxl_schema.coordinates import read_latitude, read_longitude, read_pair
from hxl_kit.hxl_schema.dates import read_dates
from hxl_kit.hxl_schema.part import Column, columns_of
from hxl_kit.hxl_schema.queries import parse_query
from hxl_kit.hxl_schema.running import UNREAD
from hxl_kit.hxl_schema.schema import YES
from hxl_kit.hxl_schema.tagging import tagged
from hxl_kit.reading import open_table
from hxl_kit.reading.hashtags import find_hashtag_row
from hxl_kit.reading.table import ROW_NUMBER, Batch, TableText
from hxl_kit.standard.schemas import path_of
from hxl_kit.standard.tags import parse_pattern, parse_tag

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
        print(
            f"{section}: {len(cases) - len(differ)} of {len(cases)} agree, {len(differ) - len(unknown)} differ on purpose"
        )
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
            recorded = (
                "refused"
                if "error" in case
                else sorted(map(_recorded_mark, case["expected"]["errors"]), key=str)
            )
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
    cells = [
        pl.Series(name, [row[n] or None for row in data], dtype=pl.String) for n, name in enumerate(names)
    ]
    frame = pl.DataFrame([numbers, *cells])
    return TableText(
        Path("rows"),
        "csv",
        "utf-8",
        ",",
        None,
        tuple(names),
        found.tags,
        found.index + 2,
        (),
        lambda: iter([Batch(frame)]),
    )


def datatypes(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield what single cells are as dates, numbers, texts, yes or no, and coordinates; "none" for what they are not."""
    for case in cases:
        for key, recorded in case.items():
            if key not in ("kind", "input", "quirk", "normalised", "is_empty"):
                yield Case(f"{case['kind']} {case['input']!r} {key}", _value(recorded), _read(case, key))


def _value(recorded: Any) -> Answer:
    if not isinstance(recorded, dict):
        return recorded
    value = recorded.get("value")
    return "none" if value is None else value


def _read(case: dict[str, Any], key: str) -> Answer:
    cells = pl.Series([case["input"]], dtype=pl.String)
    if key.startswith("dayfirst"):
        return read_dates(cells, "day" if key == "dayfirst_true" else "month")["text"][0] or "none"
    single: dict[str, Callable[[], Answer]] = {
        "is_number": lambda: numbers(cells)[0] is not None,
        "normalise_string": lambda: folded(cells)[0],
        "normalise_space": lambda: spaced(cells)[0],
        "is_truthy": lambda: folded(cells)[0] in YES,
        "result": lambda: _coordinate(case["kind"], case["input"]),
    }
    return single[key]()


def _coordinate(kind: str, cell: str) -> Answer:
    reader: Callable[[str], Any] = {"lat": read_latitude, "lon": read_longitude, "coord": read_pair}[kind]
    try:
        found = reader(cell)
    except DataError:
        return "none"
    return "none" if found is None else list(found) if isinstance(found, tuple) else found


def cleaned(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield cells cleaned, each as the only one of its column; "stopped" where libhxl's run ends."""
    for case in cases:
        column = Column(1, "cell", parse_tag(case["tag"]))
        done = clean(
            pl.Series([case["input"]]), column, case["clean"], purge=case["options"].get("purge", False)
        )
        options = " purge" if case["options"] else ""
        recorded = "stopped" if "error" in case else case["expected"]
        yield Case(f"{case['clean']} {case['input']!r}{options}", recorded, done.cells[0] or "")


def dedup(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield the rows that are left without repetitions."""
    for number, case in enumerate(cases, 1):
        table = table_of(case["rows"])
        left = [
            without_repeats(batch.frame, columns_of(table)).drop(ROW_NUMBER).rows()
            for batch in table.batches()
        ]
        yield Case(f"dedup-{number:03}", case["expected"], [[cell or "" for cell in row] for row in left[0]])


def row_queries(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield whether a row fits a query."""
    for case in cases:
        table = table_of([case["columns"], case["values"]])
        query = parse_query(case["query"])
        fits = [query.rows(batch.frame, columns_of(table)).to_list() for batch in table.batches()]
        yield Case(f"query {case['query']}", [[case["expected"]]], fits)


def tagger(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield the tags that words in headers give; "none" where no header row is found."""
    for case in cases:
        specs = [(words, tag) for words, tag in case["specs"]]
        found = tagged(case["rows"], specs, default=case["default_tag"], whole_header=case["match_all"])
        told = found and (
            [str(tag or "") for tag in found.tags],
            list(found.headers),
            len(case["rows"]) - found.index - 1,
        )
        wanted = case["expected"]
        yield Case(
            case["id"],
            "none" if wanted is None else (wanted["display_tags"], wanted["headers"], wanted["n_rows"]),
            told or "none",
        )


def patterns(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield whether patterns select tags; "refused" for what is no pattern."""
    for case in cases:
        try:
            ours: Answer = parse_pattern(case["pattern"]).matches(parse_tag(case["column_spec"]))
        except UsageError:
            ours = "refused"
        yield Case(case["id"], "refused" if "error" in case else case["expected"], ours)


def column_specs(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield how tags are read."""
    for case in cases:
        tag, recorded = parse_tag(case["spec"]), case["via_column_parse"]
        ours = tag and (tag.hashtag, list(tag.attributes), str(tag), tag.sorted)
        known = recorded and recorded["tag"]
        keys = ("tag", "attributes", "display_tag", "sorted_tag")
        yield Case(case["id"], tuple(recorded[key] for key in keys) if known else None, ours)


def parse(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield where the hashtag row is, and its tags."""
    for case in cases:
        found, recorded = find_hashtag_row(case["rows"]), case["expected"]
        ours = found and (found.index, [str(tag or "") for tag in found.tags], list(found.headers))
        columns = recorded and recorded["columns"]
        wanted = recorded and (
            recorded["hashtag_source_row"],
            [column["display_tag"] or "" for column in columns],
            [column["header"] for column in columns],
        )
        yield Case(case["id"], wanted, ours)


def csv_input(cases: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """Yield the tags of files as they are opened."""
    with tempfile.TemporaryDirectory(prefix="hxl-kit-cases-") as folder:
        for case in cases:
            content = case["bytes_latin1"].encode("latin-1")
            path = Path(folder) / f"{case['id']}.{'json' if content.startswith(b'[') else 'csv'}"
            path.write_bytes(content)
            recorded = case["expected"] and case["expected"]["display_tags"]
            yield Case(case["id"], recorded, _tags_of(path, case["encoding_option"]))


def _tags_of(path: Path, encoding: str) -> Answer:
    try:
        with open_table(path, encoding=None if path.suffix == ".json" else encoding) as table:
            return [str(tag or "") for tag in table.tags] if any(table.tags) else None
    except InputError:
        return None


SECTIONS: dict[str, Callable[[Sequence[dict[str, Any]]], Iterator[Case]]] = {
    "patterns": patterns,
    "column_specs": column_specs,
    "parse": parse,
    "csv_input": csv_input,
    "tagger": tagger,
    "datatypes": datatypes,
    "clean": cleaned,
    "dedup": dedup,
    "row_queries": row_queries,
    "validation": validation,
}
