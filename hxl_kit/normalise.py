"""Normalise: text rows and a source in, the standard's rows out; every row accepted or rejected with reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.constraints import field_rules
from hxl_kit.checks.figures import range_rules
from hxl_kit.errors import HxlKitError
from hxl_kit.mapping import DERIVED, POLARS_TYPES, integer, plain_number
from hxl_kit.standard.tables import Field, Table, table

if TYPE_CHECKING:
    from hxl_kit.sources.definition import Source, TableMap

REJECTED = {"row_number": pl.UInt32, "reason": pl.String}
CHANGES = {"column": pl.String, "rule": pl.String, "old": pl.String, "new": pl.String, "count": pl.UInt32}
WARNINGS = {"table": pl.String, "id": pl.String, "rule": pl.String, "message": pl.String}
_UNREADABLE = {
    "integer": "is not a whole number",
    "number": "is not a number",
    "date": "is not a date in the form YYYY-MM-DD",
    "boolean": "is not true or false",
}


@dataclass(frozen=True)
class Normalised:
    """One batch, normalised.

    `tables` are typed and in the standard's field order; `rejected` has row_number and reason;
    `changes` counts each repaired value (column, rule, old, new, count); `warnings` names kept rows
    that a rule speaks about; `accepted` counts input rows; `totals` are measures over all input rows.
    """

    tables: dict[str, pl.DataFrame]
    rejected: pl.DataFrame
    changes: pl.DataFrame
    warnings: pl.DataFrame
    accepted: int
    totals: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class _Column:
    """A distinct expression of the direct maps, computed once per batch under `name`."""

    name: str
    expr: pl.Expr
    field: Field
    root: str | None


@dataclass
class Normaliser:
    """Normalises the batches of one source, remembering the keys it has seen so that none comes twice.

    With `country`, rows of another country (ISO 3166-1 alpha-3) are rejected.
    """

    source: Source
    source_id: str
    country: str | None = None
    _seen: list[pl.Series] = field(default_factory=list)

    def normalise(self, batch: pl.DataFrame) -> Normalised:
        """Return the standard's rows of an all-text batch (columns `row_number` and the file's own)."""
        text = self._with_context(batch)
        computed = text.lazy().with_columns(c.expr.alias(c.name) for c in self._columns.values()).collect()
        reshaped = pl.collect_all([_reshaped(text.lazy(), m) for m in self._reshapes])
        rejected = _joined_reasons(
            [
                self._duplicates(text),
                *self._direct_reasons(computed),
                *(
                    _reasons(frame, _reshape_conditions(m))
                    for frame, m in zip(reshaped, self._reshapes, strict=True)
                ),
            ]
        )
        bad = rejected["row_number"].implode()
        good = computed.filter(~pl.col("@row").is_in(bad)) if rejected.height else computed
        parts: dict[str, list[pl.DataFrame]] = {name: [] for name in self.source.tables}
        for m in self._directs:
            parts[m.table].append(self._select(good, m))
        for frame, m in zip(reshaped, self._reshapes, strict=True):
            parts[m.table].append(
                frame.filter(~pl.col("@row").is_in(bad)).select("@row", *table(m.table).names)
            )
        tables = {name: _in_input_order(frames) for name, frames in parts.items()}
        return Normalised(
            tables=tables,
            rejected=rejected,
            changes=self._changes(good),
            warnings=_warnings(tables),
            accepted=batch.height - rejected.height,
            totals=self._totals(text, good, tables),
        )

    def _with_context(self, batch: pl.DataFrame) -> pl.DataFrame:
        missing = sorted(self.source.optional - set(batch.columns))
        return batch.rename({"row_number": "@row"}).with_columns(
            pl.lit(self.source_id).alias("@source_id"),
            *(pl.lit(None, pl.String).alias(name) for name in missing),
        )

    @cached_property
    def _directs(self) -> tuple[TableMap, ...]:
        return tuple(m for m in self.source.maps if m.reshape is None)

    @cached_property
    def _reshapes(self) -> tuple[TableMap, ...]:
        return tuple(m for m in self.source.maps if m.reshape is not None)

    @cached_property
    def _columns(self) -> dict[tuple[int, str], _Column]:
        """The distinct (expression, type) pairs of the direct maps: a shared block is computed once."""
        found: dict[tuple[int, str], _Column] = {}
        for m in self._directs:
            for name, expr in m.columns.items():
                described = table(m.table)[name]
                key = (id(expr), described.type)
                if key not in found:
                    typed = expr.cast(POLARS_TYPES[described.type])
                    found[key] = _Column(f"@{len(found)}:{name}", typed, described, _single_root(expr))
        return found

    def _column(self, expr: pl.Expr, described: Field) -> _Column:
        return self._columns[id(expr), described.type]

    def _direct_reasons(self, computed: pl.DataFrame) -> list[pl.DataFrame]:
        return [_reasons(computed, self._direct_conditions)]

    @cached_property
    def _direct_conditions(self) -> list[tuple[pl.Expr, str]]:
        """What makes an input row unacceptable: lost values, then constraints, each distinct one once."""
        broken: dict[tuple[str, ...], tuple[pl.Expr, str]] = {}
        for m in self._directs:
            owner = table(m.table)
            for name, expr in m.columns.items():
                column = self._column(expr, owner[name])
                if expr.meta.is_literal() and _keeps(owner, owner[name], expr):
                    continue
                for rule in field_rules(owner, owner[name], pl.col(column.name)):
                    violated, key = rule.violated, (column.name, rule.id, rule.message, "")
                    if rule.id == "constraint-required":
                        violated &= pl.lit(True) if m.where is None else m.where
                        violated &= pl.lit(True) if column.root is None else _blank(pl.col(column.root))
                        key = (*key[:3], m.table)
                    broken[key] = (violated, f"{column.root or name} {rule.message}")
        return [*self._lost_conditions(), *broken.values(), *self._country_condition()]

    def _lost_conditions(self) -> list[tuple[pl.Expr, str]]:
        """One condition per input column: a field made from it is empty; the strictest field gives the reason."""
        fields: dict[str, list[_Column]] = {}
        for c in self._columns.values():
            if c.root:
                fields.setdefault(c.root, []).append(c)
        return [
            (
                pl.any_horizontal(_lost(pl.col(root), pl.col(c.name)) for c in columns),
                _lost_message(
                    root,
                    min(columns, key=lambda c: (c.field.codelist is None, c.field.type == "string")).field,
                ),
            )
            for root, columns in fields.items()
        ]

    def _country_condition(self) -> list[tuple[pl.Expr, str]]:
        """Where the rows name their country, it must be the one that was asked for."""
        if self.country is None:
            return []
        named = {
            self._column(m.columns["location_code"], table(m.table)["location_code"]).name
            for m in self._directs
            if "location_code" in m.columns
        }
        return [
            (pl.col(name) != self.country, f"the country is not {self.country}, which was asked for")
            for name in sorted(named)
        ]

    def _select(self, computed: pl.DataFrame, m: TableMap) -> pl.DataFrame:
        rows = computed if m.where is None else computed.filter(m.where)
        chosen = [
            pl.col(self._column(m.columns[f.name], f).name).alias(f.name)
            if f.name in m.columns
            else _empty(f)
            for f in table(m.table).fields
        ]
        return rows.select("@row", *chosen)

    def _duplicates(self, text: pl.DataFrame) -> pl.DataFrame:
        """Reject a row whose key came before, in this batch or an earlier one; remember the new keys."""
        keys = text.select("@row", key=self.source.key.hash()).filter(pl.col("key").is_not_null())
        again = ~pl.col("key").is_first_distinct()
        for seen in self._seen:
            again |= pl.col("key").is_in(seen.implode())
        repeated = keys.filter(again)
        self._seen.append(keys["key"].unique())
        message = f"{_single_root(self.source.key) or 'the key'} repeats a row that came before"
        return repeated.select(row_number="@row", reason=pl.lit(message))

    @cached_property
    def _repairs(self) -> list[tuple[str, str, pl.Expr, pl.Expr]]:
        """What may be written another way: input column, rule, old cell, new cell; each column once a rule."""
        found: dict[tuple[str, str], tuple[pl.Expr, pl.Expr]] = {}
        for c in self._columns.values():
            if c.root is not None and (rule := _change_rule(c.field)) is not None:
                new = (
                    plain_number(pl.col(c.name))
                    if c.field.type == "number"
                    else pl.col(c.name).cast(pl.String)
                )
                found.setdefault((c.root, rule), (pl.col(c.root), new))
        return [(root, rule, old, new) for (root, rule), (old, new) in found.items()]

    def _changes(self, computed: pl.DataFrame) -> pl.DataFrame:
        """Count each value that was written another way: white space, date and number layouts.

        Only what differs in nothing but white space counts as such: an identifier made from a cell is no repair.
        """
        differ = computed.select(
            _rewritten(rule, old, new).any().alias(str(n))
            for n, (_, rule, old, new) in enumerate(self._repairs)
        )
        counts = [pl.DataFrame(schema=CHANGES)]
        for (root, rule, old, new), (differs,) in zip(
            self._repairs, differ.transpose().iter_rows(), strict=True
        ):
            if differs:
                pairs = computed.lazy().filter(_rewritten(rule, old, new)).select(old=old, new=new)
                same = _unspaced("old") == _unspaced("new") if rule == "white space" else pl.lit(True)
                counted = pairs.filter(same).group_by("old", "new").agg(count=pl.len().cast(pl.UInt32))
                counts.append(
                    counted.select(
                        column=pl.lit(root), rule=pl.lit(rule), old="old", new="new", count="count"
                    ).collect()
                )
        return pl.concat(counts)

    def _totals(
        self, text: pl.DataFrame, good: pl.DataFrame, tables: dict[str, pl.DataFrame]
    ) -> dict[str, tuple[float, float]]:
        """Return each measure's total over all rows and over accepted rows.

        Raises:
            HxlKitError: the accepted rows' total is not what the tables hold: a bug in the source's map.
        """
        sums = [integer(m.column).sum().alias(str(n)) for n, m in enumerate(self.source.measures)]
        kept = [
            tables[m.table]
            .lazy()
            .filter(pl.lit(True) if m.where is None else m.where)
            .select(pl.col(m.field).sum())
            for m in self.source.measures
        ]
        totals = {}
        for m, before, accepted, after in zip(
            self.source.measures,
            text.select(sums).row(0) if sums else (),
            good.select(sums).row(0) if sums else (),
            [frame.item() for frame in pl.collect_all(kept)],
            strict=True,
        ):
            if accepted != after:
                raise HxlKitError(
                    f"{self.source.id}: {m.column} adds up to {accepted} in the rows, {after} in {m.table}.{m.field}"
                )
            totals[m.column] = (float(before), float(accepted))
        return totals


def _reshaped(text: pl.LazyFrame, m: TableMap) -> pl.LazyFrame:
    """Return a reshaping map's rows: `@row`, the table's fields, and the texts they were read from."""
    assert m.reshape is not None  # noqa: S101 - the caller picked these maps
    rows = m.reshape(text)
    rows = rows if m.where is None else rows.filter(m.where)
    texts = {
        root: pl.col(root).alias(f"@text:{root}") for e in m.columns.values() if (root := _single_root(e))
    }
    chosen = [
        m.columns[f.name].cast(POLARS_TYPES[f.type]).alias(f.name) if f.name in m.columns else _empty(f)
        for f in table(m.table).fields
    ]
    return rows.select("@row", *chosen, *texts.values())


def _reshape_conditions(m: TableMap) -> list[tuple[pl.Expr, str]]:
    owner = table(m.table)
    conditions = []
    for name, expr in m.columns.items():
        if root := _single_root(expr):
            conditions.append(
                (_lost(pl.col(f"@text:{root}"), pl.col(name)), _lost_message(root, owner[name]))
            )
        conditions += [
            (rule.violated, f"{root or name} {rule.message}") for rule in field_rules(owner, owner[name])
        ]
    return conditions


def _keeps(owner: Table, described: Field, constant: pl.Expr) -> bool:
    """Whether a constant keeps every constraint of its field: proven once instead of in every row."""
    broken = [rule.violated.fill_null(False) for rule in field_rules(owner, described, constant)]
    return not broken or not any(pl.select(pl.any_horizontal(broken)).row(0))


def _reasons(frame: pl.DataFrame, conditions: list[tuple[pl.Expr, str]]) -> pl.DataFrame:
    """Return row_number and reason for every row and condition that holds."""
    if not conditions:
        return pl.DataFrame(schema=REJECTED)
    bad = frame.filter(pl.any_horizontal(condition.fill_null(False) for condition, _ in conditions))
    if not bad.height:
        return pl.DataFrame(schema=REJECTED)
    found = [bad.filter(c).select(row_number="@row", reason=pl.lit(message)) for c, message in conditions]
    return pl.concat(found)


def _joined_reasons(found: list[pl.DataFrame]) -> pl.DataFrame:
    reasons = pl.concat(found).unique(maintain_order=True)
    joined = reasons.group_by("row_number", maintain_order=True).agg(pl.col("reason").str.join("; "))
    return joined.sort("row_number")


def _lost(given: pl.Expr, mapped: pl.Expr) -> pl.Expr:
    """The lost-value rule: the source's cell is filled and the mapped cell is empty."""
    return ~_blank(given) & mapped.is_null()


def _blank(given: pl.Expr) -> pl.Expr:
    return (given.str.strip_chars().str.len_bytes() == 0).fill_null(True)


def _lost_message(root: str, described: Field) -> str:
    if described.codelist:
        return f"{root} is not a known code for {described.name}"
    return f"{root} {_UNREADABLE.get(described.type, 'cannot be read')}"


def _change_rule(described: Field) -> str | None:
    if described.type == "string":
        return None if described.codelist else "white space"
    return {"date": "date layout", "integer": "number layout", "number": "number layout"}.get(described.type)


def _single_root(expr: pl.Expr) -> str | None:
    """Return the one input column that an expression reads as it is, or None."""
    if expr.meta.output_name(raise_if_undetermined=False) == DERIVED:
        return None
    roots = set(expr.meta.root_names())
    return roots.pop() if len(roots) == 1 and not next(iter(roots)).startswith("@") else None


def _empty(described: Field) -> pl.Expr:
    return pl.lit(None, POLARS_TYPES[described.type]).alias(described.name)


def _in_input_order(frames: list[pl.DataFrame]) -> pl.DataFrame:
    if len(frames) == 1:
        return frames[0].drop("@row")
    return pl.concat(frames).sort("@row", maintain_order=True).drop("@row")


def _warnings(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    found = [
        frame.filter(rule.violated).select(
            table=pl.lit(name),
            id=_id_of(table(name)),
            rule=pl.lit(rule.id),
            message=pl.lit(f"{rule.field} {rule.message}"),
        )
        for name, frame in tables.items()
        for rule in range_rules(name)
    ]
    return pl.concat([pl.DataFrame(schema=WARNINGS), *found])


def _id_of(owner: Table) -> pl.Expr:
    return pl.concat_str([pl.col(name) for name in owner.primary_key], separator=" ")


def _rewritten(rule: str, old: pl.Expr, new: pl.Expr) -> pl.Expr:
    """Whether a cell was written another way; white space is only ever taken away."""
    differs = old != new
    return differs & (new.str.len_bytes() <= old.str.len_bytes()) if rule == "white space" else differs


def _unspaced(name: str) -> pl.Expr:
    return pl.col(name).str.replace_all(r"\s+", "")
