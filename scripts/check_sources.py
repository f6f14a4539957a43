"""Normalise every file of a folder that is of a listed source: `python scripts/check_sources.py FOLDER [PART…]`.

For each file: its source, rows read, accepted and rejected, the rows of each table, and every provider measure's
total before and after. A file that no source knows is listed with what comes nearest. The exit code is 1 if a file
of a source is refused, if rows are lost, or if a total of the accepted rows is not the total of the file (unless rows
were rejected, whose reasons are printed). With PART only files whose path has one of these words are looked at.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from hxl_kit.describe import candidates, certain_source
from hxl_kit.errors import HxlKitError
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import Built, build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.reading import open_tables
from hxl_kit.sources import source

SUFFIXES = {
    ".csv",
    ".tsv",
    ".json",
    ".geojson",
    ".ndjson",
    ".xlsx",
    ".xls",
    ".ods",
    ".gz",
    ".zip",
    ".parquet",
}
OPTIONS = Options(hashtag_row="none", parquet=False)
REASONS = 5
SHOWN = 160


@dataclass
class Outcome:
    """What became of one file; `problems` are what must not be."""

    name: str
    source: str = ""
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    tables: dict[str, int] = field(default_factory=dict)
    totals: dict[str, dict[str, float]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    said: str = ""
    problems: list[str] = field(default_factory=list)


def outcome(file: Path, name: str) -> Outcome:
    """Normalise one file into a folder that is thrown away; return what became of it."""
    found = Outcome(name)
    try:
        found.source = certain_source([file])
    except HxlKitError as error:
        found.said = _short(error, file)
        return found
    with tempfile.TemporaryDirectory(prefix="hxl-kit-check-") as folder:
        out = Path(folder) / "package"
        inputs = (Input(path=file, source=found.source),)
        try:
            built = build_package(authored_by_source(source(found.source), inputs, out, OPTIONS), out)
        except HxlKitError as error:
            found.problems.append(f"refused: {_short(error, file)}")
            return found
        _fill(found, built, _rows_of(file, found.source))
        rejected = [pl.read_csv(f, infer_schema=False) for f in built.private.glob("rejected/*.csv")]
        found.reasons = _reasons(rejected)
    return found


def _rows_of(file: Path, source_id: str) -> int:
    """Count the records of the tables of a file that are of its source, with nothing but the reader."""
    with open_tables(file) as tables:
        of_source = [
            text
            for text in tables
            if len(tables) == 1 or any(c.id == source_id and c.certain for c in candidates(text))
        ]
        return sum(batch.frame.height + len(batch.bad) for text in of_source for batch in text.batches())


def _fill(found: Outcome, built: Built, rows: int) -> None:
    found.read = rows
    found.accepted = sum(record.accepted_rows for record in built.inputs)
    found.rejected = built.rejected_rows
    found.tables, found.totals = dict(built.rows), built.totals
    if found.accepted + found.rejected != rows:
        found.problems.append(f"{rows} rows read, {found.accepted} accepted and {found.rejected} rejected")
    for name, total in found.totals.items():
        if total["input"] != total["accepted"] and not found.rejected:
            found.problems.append(f"{name}: {total['input']} before, {total['accepted']} after")


def _reasons(rejected: list[pl.DataFrame]) -> list[str]:
    counts = Counter(reason for rows in rejected for reason in rows["reason"])
    return [f"{count:,} × {reason}" for reason, count in counts.most_common(REASONS)]


def _short(error: Exception, file: Path) -> str:
    return str(error).replace(f"{file}: ", "").replace(str(file), file.name)


def show(found: Outcome) -> None:
    """Print a file's line, its totals, and what is wrong."""
    if not found.source:
        print(f"–  {found.name}: not of a listed source ({found.said[:SHOWN]})")
        return
    mark = "✗" if found.problems else "✓"
    tables = ", ".join(f"{rows:,} {name}" for name, rows in found.tables.items() if name != "sources")
    print(
        f"{mark}  {found.name}: {found.source}: {found.read:,} rows = {found.accepted:,} accepted + ", end=""
    )
    print(f"{found.rejected:,} rejected → {tables}")
    for name, total in found.totals.items():
        print(f"      {name}: {total['input']:,} before, {total['accepted']:,} after")
    for line in [*(f"rejected: {reason}" for reason in found.reasons), *found.problems]:
        print(f"      {line}")


def main() -> int:
    """Check a folder; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("part", nargs="*", help="only files whose path holds one of these")
    arguments = parser.parse_args()
    files = sorted(f for f in arguments.folder.rglob("*") if f.is_file() and f.suffix.lower() in SUFFIXES)
    names = {file: file.relative_to(arguments.folder).as_posix() for file in files}
    parts = arguments.part or [""]
    outcomes = []
    for file, name in names.items():
        if any(part in name for part in parts):
            outcomes.append(outcome(file, name))
            show(outcomes[-1])
    of_source = [found for found in outcomes if found.source]
    wrong = [found.name for found in of_source if found.problems]
    rows = sum(found.read for found in of_source)
    print(
        f"{len(of_source)} files of {len({f.source for f in of_source})} sources, {rows:,} rows; {len(wrong)} wrong"
    )
    return 1 if wrong or not of_source else 0


if __name__ == "__main__":
    sys.exit(main())
