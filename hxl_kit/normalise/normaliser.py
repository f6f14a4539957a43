"""The normaliser of one source: batches of text in, typed tables, rejections, changes and totals out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.figures import range_rules
from hxl_kit.errors import HxlKitError
from hxl_kit.mapping import integer, single_root, tidy
from hxl_kit.normalise.acceptance import conditions_of, joined, reasons, reshape_conditions
from hxl_kit.normalise.columns import Columns, reshaped
from hxl_kit.normalise.repairs import changes, repairs_of, reshape_repairs, tidied
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from hxl_kit.normalise.acceptance import Condition
    from hxl_kit.normalise.repairs import Repair
    from hxl_kit.sources.definition import Source, TableMap

WARNINGS = {"table": pl.String, "id": pl.String, "rule": pl.String, "message": pl.String}
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Normalised:
    """One batch, normalised.

    `tables` are typed and in the standard's field order; `rejected` has row_number and reason;
    `changes` counts each repaired value (column, rule, old, new, count); `warnings` names kept rows
    that a rule speaks about; `accepted` counts input rows; `totals` has each measure's total over all
    input rows and over the accepted ones.
    """

    tables: Tables
    rejected: pl.DataFrame
    changes: pl.DataFrame
    warnings: pl.DataFrame
    accepted: int
    totals: dict[str, tuple[float, float]]


@dataclass
class Normaliser:
    """Normalises the batches of one source, remembering the keys it has seen so that none comes twice.

    With `country`, rows of another country (ISO 3166-1 alpha-3) are rejected. Normalisers that share
    `seen` reject a key that another of them had first.
    """

    source: Source
    source_id: str
    country: str | None = None
    seen: list[pl.Series] = field(default_factory=list)

    def normalise(self, batch: pl.DataFrame) -> Normalised:
        """Return the standard's rows of an all-text batch (columns `row_number` and the file's own)."""
        text, untidy = tidy(self._with_context(batch), self.source.reshaped, self._lines)
        computed = self._columns.compute(text)
        others = [(m, reshaped(text.lazy(), m).collect()) for m in self._reshapes]
        faulty = [
            reasons(computed, self._conditions),
            *(reasons(rows, reshape_conditions(m)) for m, rows in others),
        ]
        repeated = self._duplicates(_without(text, joined(faulty)))
        rejected = joined([*faulty, repeated])
        good = _without(computed, rejected)
        kept = [(m, _without(rows, rejected)) for m, rows in others]
        tables = self._tables(good, kept)
        return Normalised(
            tables=tables,
            rejected=rejected,
            changes=pl.concat(
                [
                    changes(good, tidied(untidy)),
                    changes(good, self._repairs),
                    *(changes(rows, reshape_repairs(m)) for m, rows in kept),
                ]
            ),
            warnings=_warnings(tables),
            accepted=batch.height - rejected.height,
            totals=self._totals(text, good, tables),
        )

    @cached_property
    def _directs(self) -> tuple[TableMap, ...]:
        return tuple(m for m in self.source.maps if m.reshape is None)

    @cached_property
    def _reshapes(self) -> tuple[TableMap, ...]:
        return tuple(m for m in self.source.maps if m.reshape is not None)

    @cached_property
    def _lines(self) -> frozenset[str]:
        """The columns that are read directly; those that a reshape takes apart keep their inner white space."""
        return self.source.columns - self.source.reshaped

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self._directs)

    @cached_property
    def _conditions(self) -> list[Condition]:
        return conditions_of(self._directs, self._columns, self.country)

    @cached_property
    def _repairs(self) -> tuple[Repair, ...]:
        return repairs_of(self._columns)

    def _with_context(self, batch: pl.DataFrame) -> pl.DataFrame:
        missing = sorted(self.source.optional - set(batch.columns))
        return batch.rename({"row_number": "@row"}).with_columns(
            pl.lit(self.source_id).alias("@source_id"),
            *(pl.lit(None, pl.String).alias(name) for name in missing),
        )

    def _duplicates(self, text: pl.DataFrame) -> pl.DataFrame:
        """Reject a row whose key an accepted row had before, in this batch or an earlier one; remember the new keys."""
        keys = text.select("@row", key=self.source.key.hash(), given=self.source.key.is_not_null()).filter(
            "given"
        )
        again = ~pl.col("key").is_first_distinct()
        for seen in self.seen:
            again |= pl.col("key").is_in(seen.implode())
        repeated = keys.filter(again)
        self.seen.append(keys["key"].unique())
        message = f"{single_root(self.source.key) or 'the key'} repeats a row that came before"
        return repeated.select(row_number="@row", reason=pl.lit(message))

    def _tables(self, good: pl.DataFrame, others: list[tuple[TableMap, pl.DataFrame]]) -> Tables:
        """Return each table's rows from all of its maps, in the order of the input."""
        parts: dict[str, list[pl.DataFrame]] = {name: [] for name in self.source.tables}
        for m in self._directs:
            parts[m.table].append(self._columns.select(good, m))
        for m, rows in others:
            parts[m.table].append(rows.select("@row", *table(m.table).names))
        return {name: _in_input_order(frames) for name, frames in parts.items()}

    def _totals(
        self, text: pl.DataFrame, good: pl.DataFrame, tables: Tables
    ) -> dict[str, tuple[float, float]]:
        """Return each measure's total over all rows and over accepted rows.

        Raises:
            HxlKitError: the accepted rows' total is not what the tables hold: a bug in the source's map.
        """
        measures = self.source.measures
        if not measures:
            return {}
        sums = [integer(m.column).sum().alias(str(n)) for n, m in enumerate(measures)]
        kept = [
            tables[m.table]
            .lazy()
            .filter(pl.lit(True) if m.where is None else m.where)
            .select(pl.col(m.field).sum())
            for m in measures
        ]
        totals = zip(text.select(sums).row(0), good.select(sums).row(0), pl.collect_all(kept), strict=True)
        found = {}
        for m, (before, accepted, after) in zip(measures, totals, strict=True):
            if accepted != after.item():
                place = f"{m.table}.{m.field}"
                raise HxlKitError(
                    f"{self.source.id}: {m.column} adds up to {accepted}, {place} to {after.item()}"
                )
            found[m.column] = (float(before), float(accepted))
        return found


def _without(frame: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    if not rejected.height:
        return frame
    return frame.filter(~pl.col("@row").is_in(rejected["row_number"].implode()))


def _in_input_order(frames: list[pl.DataFrame]) -> pl.DataFrame:
    if len(frames) == 1:
        return frames[0].drop("@row")
    return pl.concat(frames).sort("@row", maintain_order=True).drop("@row")


def _warnings(tables: Tables) -> pl.DataFrame:
    """Return the rows that are kept although a rule speaks about them: table, id, rule, message."""
    found = [
        frame.filter(rule.violated).select(
            table=pl.lit(name),
            id=pl.concat_str(list(table(name).primary_key), separator=" "),
            rule=pl.lit(rule.id),
            message=pl.lit(f"{rule.field} {rule.message}"),
        )
        for name, frame in tables.items()
        for rule in range_rules(name)
    ]
    return pl.concat([pl.DataFrame(schema=WARNINGS), *found])
