"""Remedies while a package is built: the finished tables are written once more, changed as package.yaml says.

They see whole tables, since what keeps a count from being worked out depends on all rows. What they are made from is
gone when the package is there, and the private folder keeps the secret by which places were moved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.disclosure.remedies.drawing import key_mark
from hxl_kit.errors import InputError, UsageError
from hxl_kit.package.private import private_folder
from hxl_kit.package.private_key import private_key
from hxl_kit.package.tables import TableFiles
from hxl_kit.package.treatable import DATES
from hxl_kit.package.treatments import TREATMENTS, masked
from hxl_kit.places.boundaries import Boundaries
from hxl_kit.places.gazetteer import gazetteer
from hxl_kit.reading.descriptors import read_json
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hxl_kit.disclosure.remedies import Remedy
    from hxl_kit.disclosure.remedies.entries import Entry
    from hxl_kit.package.author import Authored, Places
    from hxl_kit.package.descriptor import InputRecord

MASK_KEY = "mask.key"
MASKS = "mask-places"
_BATCH_ROWS = 50_000
_ADMIN2 = 2

_TELLING = {
    "coarser-dates": ("source_date", "claim_date", *DATES),
    "coarser-places": ("place_name", "latitude"),
    MASKS: ("place_name", "latitude"),
}
"""Fields that may still tell what a remedy made coarser, in the tables that it was not done to."""

_DAY = r"(?:^|\D)(?:19|20)\d{2}[-_.]?(?:0[1-9]|1[0-2])(?:\D|[0-3]\d(?:\D|$)|$)"
_TEXTS = ("event_name", "description", "headline", "original", "quote")


@dataclass(frozen=True)
class TreatedTables:
    """The tables after the remedies: their files, what was done, and what may still tell."""

    files: TableFiles
    done: tuple[Remedy, ...]
    notes: tuple[str, ...]


def treat(authored: Authored, files: TableFiles, folder: Path, out: Path) -> TreatedTables:
    """Write finished tables into a folder once more, with the remedies of package.yaml.

    Args:
        authored: what package.yaml says.
        files: the tables as they were read.
        folder: where the treated ones go.
        out: where the package will be.

    Raises:
        UsageError: a remedy is on a table that the package does not hold, or the secret of an earlier build is gone.
        DataError: small counts cannot be kept back so that nobody can work them out.
    """
    _require_there(authored.remedies, files)
    masking = any(entry.remedy == MASKS for entry in authored.remedies)
    seed = _seed(authored, out) if masking else b""
    boundaries = level_2(authored.places) if masking else []
    done: list[Remedy] = []
    with TableFiles(folder, files.names, authored.options.hashtag_row) as treated:
        for name in files.names:
            rows = files.scan(name).collect()
            for entry in authored.remedies:
                if entry.table == name:
                    rows, record = _treated(rows, entry, seed, boundaries)
                    done.append(record)
            for batch in rows.iter_slices(_BATCH_ROWS):
                treated.write({name: batch})
    treated.check_keys()
    return TreatedTables(treated, tuple(done), tuple(_notes(authored.remedies, treated)))


def _seed(authored: Authored, out: Path) -> bytes:
    """Return the secret of the author's private folder, by which an earlier build in the same place was made."""
    home = authored.folder or out
    parts = out.glob(f"{authored.name}-*/{DESCRIPTOR}")
    return mask_seed(private_folder(home), out / DESCRIPTOR, home / DESCRIPTOR, *parts)


def _require_there(remedies: Sequence[Entry], files: TableFiles) -> None:
    for entry in remedies:
        if entry.table not in files.names:
            there = ", ".join(files.names)
            raise UsageError(
                f"remedies[{entry.number}]: the package has no table {entry.table}; it has {there}"
            )


def _treated(
    rows: pl.DataFrame, entry: Entry, seed: bytes, boundaries: Sequence[Boundaries]
) -> tuple[pl.DataFrame, Remedy]:
    after, record = (
        masked(rows, entry, seed, boundaries)
        if entry.remedy == MASKS
        else TREATMENTS[entry.remedy](rows, entry)
    )
    return after, replace(record, remedy=entry.remedy, table=entry.table, why=entry.why)


def level_2(places: Places) -> list[Boundaries]:
    """Return the boundaries of level 2 that `places` names.

    Raises:
        InputError: a file of boundaries cannot be read.
    """
    wanted = [b for b in places.boundaries if b.level == _ADMIN2]
    units = gazetteer(*places.gazetteers) if wanted else None
    return [
        Boundaries.read(b.path, country=b.country, level=b.level, code_field=b.code_field, gazetteer=units)
        for b in wanted
    ]


def mask_seed(private: Path, *published: Path) -> bytes:
    """Return the secret of moved places and new codes, the same in every release; the first time it is made.

    Args:
        private: the private folder that keeps it.
        published: descriptors or records of remedies that an earlier run may have written.

    Raises:
        UsageError: an earlier release was made with a secret that is gone: moved anew, its places could be averaged.
    """
    path = private / MASK_KEY
    marks = {mark for record in published for mark in _earlier_marks(record)}
    if marks and not path.exists():
        raise UsageError(
            f"{path}: is gone, and the earlier release was made with it; restore it from your copy: "
            "places that are moved in two ways can be found between them, and codes would be others"
        )
    seed = private_key(path)
    if marks - {key_mark(seed)}:
        raise UsageError(
            f"{path}: is another key than that of the earlier release; restore that one: "
            "places that are moved in two ways can be found between them, and codes would be others"
        )
    return seed


def _earlier_marks(path: Path) -> Iterator[str]:
    """Yield by which secrets an earlier release was made, as its descriptor or record says."""
    for record in _recorded(path):
        parameters = record.get("parameters") if isinstance(record, dict) else None
        if isinstance(parameters, dict) and "key_mark" in parameters:
            yield str(parameters["key_mark"])


def _recorded(path: Path) -> list[Any]:
    """Return the remedies that a descriptor, or the record beside a table, tells of."""
    try:
        said = read_json(path) if path.is_file() else {}
    except InputError:
        return []
    holder = said.get("provenance", said) if isinstance(said, dict) else {}
    listed = holder.get("remedies") if isinstance(holder, dict) else None
    return listed if isinstance(listed, list) else []


def without_totals(records: Sequence[InputRecord], done: Sequence[Remedy]) -> list[InputRecord]:
    """Return the records of inputs as they may be published: sums of what is kept back would give it away."""
    if not any(record.remedy in ("round", "suppress") for record in done):
        return list(records)
    return [replace(record, totals={}) for record in records]


def _notes(remedies: Sequence[Entry], files: TableFiles) -> Iterator[str]:
    """Say which fields that were left as they are may still tell what was made coarser."""
    for remedy, telling in _TELLING.items():
        tables = {entry.table for entry in remedies if entry.remedy == remedy}
        if tables:
            left = [
                f"{name}.{field}"
                for name in files.names
                if name != "sources"
                for field in (*(telling if name not in tables else ()), *_TEXTS)
                if field in table(name).names and _filled(files, name, field)
            ]
            if remedy == "coarser-dates":
                left += [
                    f"{name}.{table(name).primary_key[0]}" for name in files.names if _dated_keys(files, name)
                ]
            if left:
                yield f"{remedy} of {', '.join(sorted(tables))}: look whether these still tell: {', '.join(left)}"


def _dated_keys(files: TableFiles, name: str) -> bool:
    """Return whether keys, which stay whole, hold what looks like a day or month."""
    key = pl.col(table(name).primary_key[0])
    return bool(files.scan(name).select(key.str.contains(_DAY).any()).collect().item())


def _filled(files: TableFiles, name: str, field: str) -> bool:
    """Return whether a field is filled, of figures only in rows that belong to an event."""
    filled = pl.col(field).is_not_null()
    if name != "events" and "event_id" in table(name).names:
        filled &= pl.col("event_id").is_not_null()
    return bool(files.scan(name).select(filled.any()).collect().item())
