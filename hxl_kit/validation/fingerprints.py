"""Fingerprints: what stays the same of an issue when rows are added above it, files move or messages are reworded.

A fingerprint is made of the check's slug, the package, the resource, the field, and what the row is: the cells of its
primary key, or all its cells where the table has no key. Equal ones are numbered in the order of the file, as in
`4f0c…:1`. Of issues without a row, the names in the message stand for it.

Nothing can be read back from it. Whoever guesses all of a row can test the guess, so a row is hashed slowly (PBKDF2)
and with a salt, a random one for each baseline: a list of names hashed once fits no other file, and each guess costs
a thousand hashes. It slows a search down and does not end it: a table without a key whose rows are a name and little
else should have its baseline kept where the table is.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading import open_table
from hxl_kit.reading.descriptors import read_json
from hxl_kit.reading.packages import Package, is_package, read_package
from hxl_kit.reading.table import ROW_NUMBER
from hxl_kit.validation.columns import recognised
from hxl_kit.validation.report import TableFile
from hxl_kit.validation.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import polars as pl

    from hxl_kit.validation.report import Issue, Report

ROUNDS = 1_000
DIGITS = 20
"""80 bits: among 100,000 issues and as many accepted ones, two are taken for one once in 10^14 runs."""

Identities = dict[tuple[str, int], str]
"""What a row is, as a hash, by resource and row number."""


def with_fingerprints(report: Report, salt: bytes = b"") -> Report:
    """Return the report with a fingerprint on each listed issue; `salt` goes with the package's name into all of them.

    Rows that cannot be read again (of inline data, say) count by their number.
    """
    package = named(report)
    rows = _rows(report, package.encode("utf-8", "surrogatepass") + salt)
    seen = Counter[str]()
    marked = []
    for issue in report.issues:
        mark = _mark(issue, package, rows)
        seen[mark] += 1
        marked.append(replace(issue, fingerprint=f"{mark}:{seen[mark]}"))
    return replace(report, issues=tuple(marked))


def named(report: Report) -> str:
    """Return the name of the package that a report is on, or the file name of the table."""
    path = Path(report.paths[0]).absolute()
    if not is_package(path):
        return path.name
    package = _package(report)
    return package.name if package and package.name else (path if path.is_dir() else path.parent).name


def _package(report: Report) -> Package | None:
    path = Path(report.paths[0]).absolute()
    try:
        return read_package(path) if is_package(path) else None
    except InputError:
        return None


def _mark(issue: Issue, package: str, rows: Identities) -> str:
    if issue.row is None:
        place: Any = sorted(value for value in issue.params.values() if isinstance(value, str))
    else:
        place = rows.get((issue.resource, issue.row), issue.row)
    said = json.dumps([issue.rule, package, issue.resource, issue.field, place])
    return hashlib.sha256(said.encode()).hexdigest()[:DIGITS]


def _rows(report: Report, salt: bytes) -> Identities:
    """Return what each row that an issue names is."""
    wanted: dict[str, set[int]] = {}
    for issue in report.issues:
        if issue.row is not None:
            wanted.setdefault(issue.resource, set()).add(issue.row)
    package = _package(report)
    contents: dict[tuple[str, int], bytes] = {}
    for resource, numbers in wanted.items():
        file, key = _table(resource, report, package)
        found = _contents(file, numbers, key) if file else {}
        contents |= {(resource, row): content for row, content in found.items()}
    with ThreadPoolExecutor() as pool:
        return dict(
            zip(contents, pool.map(lambda content: _slow(content, salt), contents.values()), strict=True)
        )


def _slow(content: bytes, salt: bytes) -> str:
    return hashlib.pbkdf2_hmac("sha256", content, salt, ROUNDS, 16).hex()


def _table(
    resource: str, report: Report, package: Package | None
) -> tuple[TableFile | None, Sequence[str] | None]:
    """Return where a resource's rows stand and its key: none in a package without one, None where it must be seen."""
    file = report.tables.get(resource)
    described = next((r for r in package.resources if r.get("name") == resource), {}) if package else {}
    if file is None and package and isinstance(described.get("path"), str):
        file = TableFile(package.path_of(described))
    return file, _key(package, described.get("schema")) if package else None


def _key(package: Package, schema: Any) -> Sequence[str]:
    """Return the fields of a primary key; the schema may stand in a file of its own."""
    if isinstance(schema, str):
        try:
            schema = read_json(package.folder / schema)
        except InputError:
            return ()
    key = schema.get("primaryKey") if isinstance(schema, dict) else None
    fields = [key] if isinstance(key, str) else key
    return [name for name in fields if isinstance(name, str)] if isinstance(fields, list) else ()


def _contents(file: TableFile, wanted: Collection[int], key: Sequence[str] | None) -> dict[int, bytes]:
    """Return what the wanted rows of a table hold; those that cannot be read are missing."""
    try:
        columns = _recognised_key(file) if key is None else key
        rows = rows_of(file, wanted)
    except (InputError, UsageError):
        return {}
    columns = columns if set(columns) <= set(rows.header) else ()
    found = dict(_held(rows.frame, columns))
    return found | {bad.row_number: bad.text.encode() for bad in rows.ragged}


def _recognised_key(file: TableFile) -> Sequence[str]:
    """Return the columns that are the key of the standard's table or the source's that a bare table is."""
    with open_table(file.path, encoding=file.encoding, sheet=file.sheet) as text:
        known = recognised(text)
    return known.key if known else ()


def _held(rows: pl.DataFrame, key: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    for row in rows.iter_rows(named=True):
        number = row.pop(ROW_NUMBER)
        cells = {name: row[name] for name in key if row[name] is not None}
        yield number, _content(cells if len(cells) == len(key) > 0 else row)


def _content(cells: Mapping[str, str | None]) -> bytes:
    """Return cells by name, whatever the order of the columns."""
    return json.dumps(sorted(cells.items()), ensure_ascii=False).encode("utf-8", "surrogatepass")
