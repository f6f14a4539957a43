"""Splitting: which rows of a package belong to one value of a field."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError, nearest
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.package.author import Authored
    from hxl_kit.package.tables import TableFiles

_ABOUT = ("about_table", "about_id")
_BATCH_ROWS = 50_000


def split_values(files: TableFiles, field: str) -> list[str | None]:
    """Return the values of `field` over all tables that have it, sorted; None last if a row has none.

    Raises:
        UsageError: no table of the package has the field.
    """
    owners = [name for name in files.names if field in table(name).names]
    if not owners:
        known = sorted({f for name in files.names for f in table(name).names})
        raise UsageError(f"split_by: no table has the field '{field}'{nearest(field, known)}")
    found: set[str | None] = set()
    for name in owners:
        found.update(files.scan(name).select(pl.col(field).cast(pl.String).unique()).collect()[field])
    return sorted(found, key=lambda value: (value is None, value or ""))


def part_of(authored: Authored, value: str | None) -> Authored:
    """Return the metadata of the part for `value`: name and title say which part it is."""
    slug = "".join(c if c.isalnum() and c.isascii() else "-" for c in (value or "none").lower()).strip("-")
    options = replace(authored.options, split_by=None)
    return replace(
        authored,
        name=f"{authored.name}-{slug}",
        title=f"{authored.title}: {value or 'no value'}",
        options=options,
    )


def split_rows(files: TableFiles, field: str, value: str | None) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each table's rows that belong to `value`, in batches, in the order of the whole.

    A table with the field gives its rows of that value. Of the others, events and sources give what
    those rows refer to, event_sources what belongs to these events, claims what is about these rows.
    """
    chosen = {
        name: _with_value(files, name, field, value) for name in files.names if field in table(name).names
    }
    for name in ("events", "event_sources", "claims", "sources"):
        if name in files.names and name not in chosen:
            chosen[name] = _related(files, name, chosen)
    chosen = {**chosen, **_completed(files, chosen)}
    for name in files.names:
        rows = chosen[name].collect()
        for batch in rows.iter_slices(_BATCH_ROWS):
            yield name, batch


def _with_value(files: TableFiles, name: str, field: str, value: str | None) -> pl.LazyFrame:
    column = pl.col(field).cast(pl.String)
    return files.scan(name).filter(column.is_null() if value is None else column == value)


def _related(files: TableFiles, name: str, chosen: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    if name == "claims":
        about = [
            frame.select(
                pl.lit(owner).alias("about_table"), pl.col(table(owner).primary_key[0]).alias("about_id")
            )
            for owner, frame in chosen.items()
        ]
        return files.scan(name).join(pl.concat(about), on=list(_ABOUT), how="semi", maintain_order="left")
    key = "event_id" if name in {"events", "event_sources"} else "source_id"
    referring = [f.select(key) for owner, f in chosen.items() if key in table(owner).names]
    if not referring:
        return files.scan(name).clear()
    return files.scan(name).join(pl.concat(referring), on=key, how="semi", maintain_order="left")


def _completed(files: TableFiles, chosen: dict[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """Add the events that chosen rows of other tables refer to, then the sources of everything chosen."""
    completed = {}
    if "events" in chosen:
        referring = [f.select("event_id") for name, f in chosen.items() if "event_id" in table(name).names]
        completed["events"] = files.scan("events").join(
            pl.concat(referring), on="event_id", how="semi", maintain_order="left"
        )
    whole = {**chosen, **completed}
    referring = [
        f.select("source_id")
        for name, f in whole.items()
        if name != "sources" and "source_id" in table(name).names
    ]
    if referring:
        completed["sources"] = files.scan("sources").join(
            pl.concat(referring), on="source_id", how="semi", maintain_order="left"
        )
    return completed
