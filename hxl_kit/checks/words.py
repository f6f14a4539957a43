"""Whether a figure is what its words say: `quantity_text` read again beside value, bounds and qualifier."""

from __future__ import annotations

from typing import Any

import polars as pl

from hxl_kit.checks.rule import Check, Rule
from hxl_kit.figures.quantities import Quantity, read_parts
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.messages import N_
from hxl_kit.standard.tables import table

_NUMBERS = ("value", "value_low", "value_high")
_GROUP = ("sex", "age_group")
_CELLS = ("quantity_text", *_NUMBERS, "qualifier", "bounds_basis", "unit", *_GROUP)

WORDS = Check(
    "quantity-words",
    "warning",
    N_("says another quantity than value, bounds and qualifier do: read it again in the source"),
    N_("A number that differs from the words it was taken from was mistyped, or its doubt was lost."),
    "hxl_kit, docs/quantities.md",
    N_("Read the words again in the source, and write the figure that they state."),
)


def words_rules(table_name: str) -> tuple[Rule, ...]:
    """Return the rule that a table's figures agree with their words, none for tables without words.

    It speaks only where the words can be read and clearly say something else: another number, or a bound or
    "about" that the qualifier lacks. Ranges and qualifiers that a provider gives in columns of their own stand.
    """
    if not set(_CELLS) <= set(table(table_name).names):
        return ()
    told = pl.struct(_CELLS).map_batches(_disagrees, return_dtype=pl.Boolean)
    return (Rule(WORDS.slug, table_name, "quantity_text", WORDS.severity, told, WORDS.message),)


def _disagrees(cells: pl.Series) -> pl.Series:
    """Return for each row whether its words say something else; distinct rows are read once, plain digits not at all."""
    rows = cells.struct.unnest()
    text = pl.col("quantity_text")
    by_digits = text.cast(pl.Float64, strict=False) == pl.col("value")
    doubtful = text.is_not_null() & (pl.col("bounds_basis") != "source_range").fill_null(value=True)
    distinct = rows.filter(doubtful & ~by_digits.fill_null(value=False)).unique()
    differs = [_differs(row) for row in distinct.iter_rows(named=True)]
    found = distinct.filter(pl.Series(differs, dtype=pl.Boolean))
    return (
        cells.is_in(found.to_struct().implode())
        if found.height
        else pl.repeat(value=False, n=len(cells), eager=True)
    )


def _differs(row: dict[str, Any]) -> bool:
    """Return whether none of the figures that the words state for the row's people is the row's."""
    known = row["unit"] in codelist("unit").values  # another unit is told by its code list
    parts = read_parts(row["quantity_text"], unit=row["unit"] if known else "")
    group = tuple(row[name] for name in _GROUP)
    said = [part.quantity for part in parts if (part.sex, part.age_group) == group]
    if not said and len(parts) == 1 and parts[0][1:] == ("all", "all"):
        said = [parts[0].quantity]
    return bool(said) and all(_contradicts(quantity, row) for quantity in said)


def _contradicts(said: Quantity, row: dict[str, Any]) -> bool:
    if said.qualifier == "unknown":
        return False
    pairs = ((said.value, row["value"]), (said.low, row["value_low"]), (said.high, row["value_high"]))
    same_kind = said.qualifier == row["qualifier"]
    numbers = pairs if same_kind else pairs[:1]
    if any(ours is not None and given is not None and float(ours) != given for ours, given in numbers):
        return True
    return not same_kind and said.qualifier != "exact" and row["qualifier"] != "unknown"
