"""The normaliser of one layout: batches of text in, typed tables, rejections, changes and totals out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.figures import range_rules
from hxl_kit.errors import HxlKitError
from hxl_kit.mapping import WORDS, single_root, tidy
from hxl_kit.normalise.acceptance import REJECTED, TOLD, conditions_of, joined, reasons, reshape_conditions
from hxl_kit.normalise.cells import (
    Conventions,
    input_columns,
    kinds_of,
    read_rightly,
    reread,
    totals_and_errors,
    without_words_for_nothing,
)
from hxl_kit.normalise.columns import Columns, reshaped
from hxl_kit.normalise.expectations import Tally
from hxl_kit.normalise.repairs import changes, repairs_of, reshape_repairs, tidied
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.normalise.acceptance import Condition
    from hxl_kit.normalise.repairs import Repair
    from hxl_kit.sources.layout import Layout, TableMap

WARNINGS = {"table": pl.String, "id": pl.String, "rule": pl.String, "message": pl.String}
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Normalised:
    """One batch, normalised.

    `tables` are typed and in the standard's field order; `rejected` has row_number and reason, which may name a code
    that is not known, `told` the same rows' reasons without a cell, for messages;
    `changes` counts each repaired value (column, rule, old, new, count); `warnings` names kept rows
    that a rule speaks about; `accepted` counts input rows; `totals` has each measure's total over all
    input rows and over the accepted ones.
    """

    tables: Tables
    rejected: pl.DataFrame
    told: pl.Series
    changes: pl.DataFrame
    warnings: pl.DataFrame
    accepted: int
    totals: dict[str, tuple[float, float]]


@dataclass
class Normaliser:
    """Normalises the batches of one layout, remembering the keys it has seen so that none comes twice.

    With `country`, rows of another country (ISO 3166-1 alpha-3) are rejected. Normalisers that share
    `seen` reject a key that another of them had first. `conventions` tell how the whole table writes numbers
    and dates; without them each batch speaks for itself. `place` (file, sheet) is what maps know of it.
    """

    layout: Layout
    source_id: str
    country: str | None = None
    seen: list[pl.Series] = field(default_factory=list)
    conventions: Conventions | None = None
    place: Mapping[str, str] = field(default_factory=dict)
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.tally = Tally(self.layout.expect)
        self._near = pl.Series("key", [], pl.UInt64)
        self._absent: list[str] = []

    def normalise(self, batch: pl.DataFrame) -> Normalised:
        """Return the standard's rows of an all-text batch (columns `row_number` and the file's own).

        Raises:
            SourceMismatchError: a column's dates do not tell which of day and month comes first.
        """
        frame = self._with_context(batch)
        text, untidy = tidy(frame, self.layout.reshaped, self._lines)
        prepared = without_words_for_nothing(text, self.layout)
        text, misread = read_rightly(prepared.frame, self.layout.misread)
        text, computed, reread_repairs = self._computed(text, batch)
        self.tally.add(text)
        others = [(m, reshaped(text.lazy(), m).collect()) for m in self._reshapes]
        faulty = [
            totals_and_errors(text, untidy),
            self._refused(text),
            reasons(computed, self._conditions),
            *(reasons(rows, reshape_conditions(m)) for m, rows in others),
            self._fruitless(computed, others),
        ]
        repeated = self._duplicates(_without(text, joined(faulty)))
        rejected = joined([*faulty, repeated])
        good = _without(computed, rejected)
        kept = [(m, _without(rows, rejected)) for m, rows in others]
        tables = self._tables(good, kept)
        return Normalised(
            tables=tables,
            rejected=rejected.drop(TOLD),
            told=rejected[TOLD],
            changes=pl.concat(
                [
                    changes(good, tidied(untidy, reread_repairs)),
                    changes(good, (*prepared.repairs, *misread, *reread_repairs)),
                    changes(good, self._repairs),
                    *(changes(rows, reshape_repairs(m)) for m, rows in kept),
                ]
            ),
            warnings=pl.concat([_warnings(tables), self._near_repeats(good)]),
            accepted=batch.height - rejected.height,
            totals=self._totals(text, good, tables),
        )

    def _computed(
        self, text: pl.DataFrame, batch: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame, tuple[Repair, ...]]:
        """Return the text and the columns computed from it, odd numbers and dates read again, and what was repaired."""
        text = self._with_words(text)
        computed = self._columns.compute(text)
        odd = (*self._unread(computed), *self._odd_reshaped(text))
        if not odd:
            return text, computed, ()
        conventions = self.conventions or Conventions(lambda: iter([batch]))
        text, repairs = reread(text, odd, self._kinds, conventions)
        return text, self._columns.compute(text), repairs

    def _unread(self, computed: pl.DataFrame) -> tuple[str, ...]:
        """Return the columns of numbers or dates with a filled cell that became null."""
        read = {
            c.root: c
            for c in self._columns.all
            if c.root in self._kinds and c.kind == self._kinds[str(c.root)]
        }
        lost = [
            (pl.col(str(root)).is_not_null() & pl.col(c.name).is_null()).any() for root, c in read.items()
        ]
        return (
            tuple(str(r) for r, any_lost in zip(read, computed.select(lost).row(0), strict=True) if any_lost)
            if lost
            else ()
        )

    def _odd_reshaped(self, text: pl.DataFrame) -> tuple[str, ...]:
        """Return the columns of numbers or dates that a reshape reads: they are looked at cell by cell."""
        return tuple(
            name for name in sorted(self._kinds) if name in self.layout.reshaped and name in text.columns
        )

    @cached_property
    def _directs(self) -> tuple[TableMap, ...]:
        return tuple(m for m in self.layout.maps if m.reshape is None)

    @cached_property
    def _reshapes(self) -> tuple[TableMap, ...]:
        return tuple(m for m in self.layout.maps if m.reshape is not None)

    @cached_property
    def _lines(self) -> frozenset[str]:
        """The columns that are read directly; those that a reshape takes apart keep their inner white space."""
        return self.layout.columns - self.layout.reshaped

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return kinds_of(self.layout)

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
        missing = self._absent = sorted(self.layout.optional - set(batch.columns))
        known = {"source_id": self.source_id, "file": "", "sheet": "", **self.place}
        return batch.rename({"row_number": "@row"}).with_columns(
            *(pl.lit(value).alias(f"@{name}") for name, value in known.items()),
            *(pl.lit(None, pl.String).alias(name) for name in missing),
        )

    def _with_words(self, text: pl.DataFrame) -> pl.DataFrame:
        """Keep as received the cells that maps want in the provider's words."""
        return text.with_columns(pl.col(name).alias(f"{WORDS}{name}") for name in input_columns(self.layout))

    def _fruitless(self, computed: pl.DataFrame, others: list[tuple[TableMap, pl.DataFrame]]) -> pl.DataFrame:
        """Reject a row that gives no row of any table."""
        conditions = [m.where for m in self._directs]
        if any(where is None for where in conditions):
            return pl.DataFrame(schema=REJECTED)
        gives = [where.fill_null(value=False) for where in conditions if where is not None]
        without = computed.filter(~pl.any_horizontal(gives)) if gives else computed
        for _, rows in others:
            without = without.filter(~pl.col("@row").is_in(rows["@row"].implode()))
        message = "none of its figures is filled"
        return without.select(row_number="@row", reason=pl.lit(message))

    def _refused(self, text: pl.DataFrame) -> pl.DataFrame:
        """Reject what the provider itself says not to use, with its reason, which is a cell: it is not told."""
        if self.layout.refused is None:
            return pl.DataFrame(schema=REJECTED)
        said = text.select(row_number="@row", said=self.layout.refused).drop_nulls("said")
        message = "rejected by the provider"
        reason = pl.concat_str(pl.lit(f"{message}: "), "said")
        return said.select("row_number", reason=reason, told=pl.lit(message))

    def _near_repeats(self, good: pl.DataFrame) -> pl.DataFrame:
        """Warn of accepted rows that look like one that came before; remember them."""
        if self.layout.near_key is None:
            return pl.DataFrame(schema=WARNINGS)
        keys = good.select("@row", key=self.layout.near_key.hash())
        again = ~pl.col("key").is_first_distinct() | pl.col("key").is_in(self._near.implode())
        self._near = pl.concat([self._near, keys["key"]]).unique()
        found = keys.filter(again)
        message = "may repeat a row that came before under another id: do not add them unseen"
        return found.select(
            table=pl.lit(""),
            id=pl.concat_str(pl.lit("row "), pl.col("@row")),
            rule=pl.lit("possible-repeat"),
            message=pl.lit(message),
        )

    def _duplicates(self, text: pl.DataFrame) -> pl.DataFrame:
        """Reject a row whose key an accepted row had before, in this batch or an earlier one; remember the new keys."""
        if self.layout.key is None:
            return pl.DataFrame(schema=REJECTED)
        keys = text.select("@row", key=self.layout.key.hash(), given=self.layout.key.is_not_null()).filter(
            "given"
        )
        again = ~pl.col("key").is_first_distinct()
        for seen in self.seen:
            again |= pl.col("key").is_in(seen.implode())
        repeated = keys.filter(again)
        self.seen.append(keys["key"].unique())
        message = f"{single_root(self.layout.key) or 'the key'} repeats a row that came before"
        return repeated.select(row_number="@row", reason=pl.lit(message))

    def _tables(self, good: pl.DataFrame, others: list[tuple[TableMap, pl.DataFrame]]) -> Tables:
        """Return each table's rows from all of its maps, in the order of the input."""
        parts: dict[str, list[pl.DataFrame]] = {name: [] for name in self.layout.tables}
        for m in self._directs:
            parts[m.table].append(self._columns.select(good, m))
        for m, rows in others:
            parts[m.table].append(rows.select("@row", *table(m.table).names))
        tables = {name: _in_input_order(frames) for name, frames in parts.items()}
        self._require_whole(tables)
        return tables

    def _require_whole(self, tables: Tables) -> None:
        """Stop where a map of the source leaves a required field out.

        Raises:
            HxlKitError: an accepted row has no value in it: a bug in the source's map.
        """
        for name, frame in tables.items():
            lacking = [f.name for f in table(name).fields if f.required and frame[f.name].null_count()]
            if lacking:
                raise HxlKitError(f"{self.layout.id}: a map to {name} leaves {', '.join(lacking)} empty")

    def _totals(
        self, text: pl.DataFrame, good: pl.DataFrame, tables: Tables
    ) -> dict[str, tuple[float, float]]:
        """Return each measure's total over all rows and over accepted rows.

        Raises:
            HxlKitError: the accepted rows' total is not what the tables hold: a bug in the source's map.
        """
        measures = [m for m in self.layout.measures if m.column not in self._absent]
        if not measures:
            return {}
        sums = [m.total.alias(str(n)) for n, m in enumerate(measures)]
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
            if not math.isclose(accepted, after.item(), rel_tol=1e-12):
                place = f"{m.table}.{m.field}"
                raise HxlKitError(
                    f"{self.source_id}: {m.column} adds up to {accepted}, {place} to {after.item()}"
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
            message=pl.lit(f"{rule.field} {rule.said}"),
        )
        for name, frame in tables.items()
        for rule in range_rules(name)
    ]
    return pl.concat([pl.DataFrame(schema=WARNINGS), *found])
