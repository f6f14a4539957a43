"""Whether a tagged companion holds the rows of the table that it stands beside."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.reading import open_table
from hxl_kit.reading.table import ROW_NUMBER
from hxl_kit.standard.messages import N_
from hxl_kit.validation.report import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hxl_kit.reading import TableText
    from hxl_kit.validation.strict.parts import Resource

RULE = "companion-rows"
ROWS = N_("differs from {table} in {rows} rows, of which this is the first")
LENGTH = N_("holds {rows} rows, and {table} holds {others}")
COLUMNS = N_("has other columns than {table}")

HEADING_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 20


def opened(resource: Resource, path: Path) -> AbstractContextManager[TableText]:
    """Return a resource's file as a table, in the encoding that it says."""
    encoding = resource.descriptor.get("encoding")
    return open_table(path, encoding=encoding if isinstance(encoding, str) else None)


def copy_issues(clean: tuple[Resource, Path], tagged: tuple[Resource, Path]) -> Iterator[Issue]:
    """Yield how a companion's rows differ from its table's: by their bytes, and only if these differ by their cells.

    Raises:
        InputError: one of the files cannot be read.
    """
    if same_bytes(clean[1], tagged[1]):
        return
    with opened(*clean) as one, opened(*tagged) as other:
        yield from _differences(clean[0].name, tagged[0].name, one, other)


def same_bytes(clean: Path, tagged: Path) -> bool:
    """Return whether the files are the same but for the second line of the tagged one."""
    with clean.open("rb") as one, tagged.open("rb") as other:
        if one.readline(HEADING_BYTES) != other.readline(HEADING_BYTES):
            return False
        other.readline(HEADING_BYTES)
        chunks = zip_longest(
            iter(lambda: one.read(_CHUNK_BYTES), b""), iter(lambda: other.read(_CHUNK_BYTES), b"")
        )
        return all(a == b for a, b in chunks)


def _differences(name: str, companion: str, clean: TableText, tagged: TableText) -> Iterator[Issue]:
    params: dict[str, object] = {"table": name}
    if clean.header != tagged.header:
        yield Issue(RULE, "error", companion, COLUMNS, params=params)
        return
    expected, found = _hashes(clean), _hashes(tagged)
    if len(expected) != len(found):
        params |= {"rows": len(found), "others": len(expected)}
        yield Issue(RULE, "error", companion, LENGTH, params=params)
        return
    rows = found.filter(found["hash"] != expected["hash"])[ROW_NUMBER]
    if len(rows):
        params["rows"] = len(rows)
        yield Issue(RULE, "error", companion, ROWS, int(rows[0]), params=params)


def _hashes(text: TableText) -> pl.DataFrame:
    """Return for each record its number and a hash of its cells, eight bytes in place of the row."""
    frames = [
        batch.frame.select(ROW_NUMBER, pl.struct(pl.exclude(ROW_NUMBER)).hash().alias("hash"))
        for batch in text.batches()
    ]
    schema = {ROW_NUMBER: pl.UInt32, "hash": pl.UInt64}
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)
