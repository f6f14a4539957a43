"""Score screening on columns whose kinds are known: recall and false alarms, by kind and by language.

    python scripts/screening_score.py [--split NAME] [--missed] [--alone]

The files of `tests/data/screening/` have a line per column: its table, language, part of the set, header, tag, kind
("" for harmless) and values separated by `|`. Their README says who labelled what, and what was looked at while words
were chosen and weights were fitted; "unseen" was not.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.reading import Batch, TableText
from hxl_kit.screening import screen_table
from hxl_kit.standard.tags import parse_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LABELLED = Path(__file__).parents[1] / "tests" / "data" / "screening"


def labelled(split: str = "") -> list[dict[str, str]]:
    """Return the labelled columns of a part of the set, or all."""
    found = []
    for path in sorted(LABELLED.glob("*_columns.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [row for row in csv.DictReader(file) if split in ("", row["split"])]
    return found


def table_of(columns: Iterable[dict[str, str]]) -> TableText:
    """Return a table with labelled columns, as long as the one with most values; the others' values are repeated."""
    given = list(columns)
    names = tuple(row["header"] for row in given)
    values = {row["header"]: row["values"].split("|") for row in given}
    rows = max(map(len, values.values()))
    cells = {name: (some * rows)[:rows] for name, some in values.items()}
    frame = pl.DataFrame({"row_number": pl.int_range(2, rows + 2, dtype=pl.UInt32, eager=True), **cells})
    return TableText(
        path=Path(f"{given[0]['table']}.csv"),
        format="csv",
        encoding="utf-8",
        delimiter=",",
        sheet=None,
        header=names,
        tags=tuple(parse_cell(row["tag"]) for row in given),
        first_row=2,
        notes=(),
        read=lambda: iter([Batch(frame)]),
    )


def judged(rows: list[dict[str, str]]) -> Iterator[tuple[dict[str, str], set[str]]]:
    """Yield each labelled column with the kinds found in it."""
    tables = defaultdict[object, list[dict[str, str]]](list)
    for row in rows:
        tables[row["split"], row["table"]].append(row)
    for columns in tables.values():
        found = defaultdict[str, set[str]](set)
        for finding in screen_table(table_of(columns)):
            found[finding.column].add(finding.kind)
        for row in columns:
            yield row, found[row["header"]]


def main() -> None:
    """Print the scores, and with --missed the columns behind them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--split", choices=sorted({row["split"] for row in labelled()}), default="")
    parser.add_argument("--missed", action="store_true", help="list the columns that were judged wrongly")
    parser.add_argument("--alone", action="store_true", help="make every column a table of its own")
    options = parser.parse_args()
    rows = labelled(options.split)
    if options.alone:
        rows = [{**row, "table": f"{row['table']}-{n}"} for n, row in enumerate(rows)]
    outcome = list(judged(rows))
    by = defaultdict[str, list[bool]](list)
    for row, found in outcome:
        if row["kind"]:
            by["found at all"].append(bool(found))
        for group in (
            row["kind"] or "harmless",
            f"[{row['language']}]" if row["kind"] else "",
            "found as its kind" if row["kind"] else "",
        ):
            by[group].append(row["kind"] in found if row["kind"] else bool(found))
        if options.missed and (row["kind"] not in found if row["kind"] else found):
            print(
                f"{row['table']}: {row['header']}: {row['kind'] or 'harmless'}, found {sorted(found) or 'nothing'}"
            )
    for group, hits in sorted(by.items()):
        if group:
            print(f"{group:20} {sum(hits):4} of {len(hits):4}  {sum(hits) / len(hits):6.1%}")


if __name__ == "__main__":
    main()
