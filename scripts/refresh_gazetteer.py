"""Write the built-in gazetteers of `schemas/gazetteers` anew: `python scripts/refresh_gazetteer.py FOLDER [ID…]`.

FOLDER holds the downloaded files that `schemas/gazetteers/built_in.csv` names; without ids, every release whose
files are there is written. Read the difference before a commit: a P-code that is gone, or names another unit now,
changes what old rows mean.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.cli.commands.gazetteers import tables_of
from hxl_kit.places.gazetteer import store
from hxl_kit.places.gazetteer.making import Reading, made
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    import polars as pl

LISTED = ("gazetteers", "built_in.csv")


def build(row: dict[str, str], folder: Path) -> tuple[store.Release, pl.DataFrame]:
    """Return the release that a line of the list describes, from its files in a folder."""
    files = [folder / name for name in row["files"].split(";")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    parts = ("id", "edition", "title", "url", "licence", "attribution")
    release = store.Release(sha256=digest, **{part: row[part] for part in parts})  # type: ignore[arg-type]
    reading = Reading(
        country=row["country"],
        language=row["language"],
        columns=tuple(
            (own, usual) for own, _, usual in (p.partition("=") for p in row["columns"].split(";")) if own
        ),
        skipped=row["skipped"],
        faults_left_out=True,
    )
    tables = [table for file in files for table in tables_of(file, encoding=row["encoding"] or None)]
    described, table = made(release, tables, reading)
    named = "-".join(filter(None, (described.id, described.edition)))
    return replace(described, id=named), table


def listed() -> list[dict[str, str]]:
    """Return the lines of the list of built-in releases."""
    with schemas.path_of(*LISTED).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(row: dict[str, str], folder: Path) -> None:
    """Write a release and remove its earlier editions."""
    described, table = build(row, folder)
    release = store.written(schemas.path_of(store.FOLDER), described, table)
    for name in store.built_in_ids():
        if name.startswith(f"{row['id']}-") and name != release.id:
            store.remove(schemas.path_of(store.FOLDER), name)
    print(f"{release.id}: {release.units:,} units of {len(release.countries)} countries")
    for fault in release.left_out:
        print(f"  left out: {fault}")


def main() -> int:
    """Write the gazetteers whose files are in a folder; return the exit code."""
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_dir():  # noqa: PLR2004 - the script and its folder
        print("usage: python scripts/refresh_gazetteer.py FOLDER [ID…]", file=sys.stderr)
        return 2
    folder, wanted = Path(sys.argv[1]), sys.argv[2:]
    for row in listed():
        missing = [name for name in row["files"].split(";") if not (folder / name).is_file()]
        if missing and not wanted:
            print(f"{row['id']}: not written, {', '.join(missing)} not in {folder}")
        elif not wanted or row["id"] in wanted:
            write(row, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
