"""What the cells of a form mean: titles to codes, chosen places to P-codes, words to quantities, rows to identifiers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.figures.quantities import read_quantity
from hxl_kit.mapping import date, derived, integer, number, text, titled
from hxl_kit.places.gazetteer import labelled, release, units
from hxl_kit.standard.codelists import crosswalk
from hxl_kit.standard.languages import codes_by_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hxl_kit.standard.forms import FormColumn

NOTHING = pl.lit(None, pl.String)
_CONTRADICTION = "?"
"""What a level 2 unit outside the level 1 unit beside it becomes: no P-code has this form, so its row is rejected."""

_ID_DIGITS = 16
_EMPTY_MEANS = {"population_group": "all", "sex": "all", "age_group": "all"}
_QUANTITY = {
    "value": pl.Float64(),
    "value_low": pl.Float64(),
    "value_high": pl.Float64(),
    "qualifier": pl.String(),
    "bounds_basis": pl.String(),
    "unit": pl.String(),
}


@dataclass(frozen=True)
class Cells:
    """The columns of one form by the names of its fields; `country` is the ISO 3166-1 alpha-3 code it is for."""

    header: Mapping[str, str]
    country: str

    def text(self, name: str) -> pl.Expr:
        """Return a field's cells as they are; nothing where the form has no such column."""
        return text(self.header[name]) if name in self.header else NOTHING

    def coded(self, name: str, codelist_name: str) -> pl.Expr:
        """Return the code of each title, in any of the languages, or code; of an unknown one the cell itself."""
        if name not in self.header:
            return pl.lit(_EMPTY_MEANS.get(name), pl.String)
        cell = self.text(name)
        known = cell.str.to_lowercase().replace_strict(codes_by_title(codelist_name), default=cell)
        return pl.when(cell.is_not_null()).then(known).otherwise(pl.lit(_EMPTY_MEANS.get(name)))

    def read(self, column: FormColumn) -> pl.Expr:
        """Return a column's cells as values of its field."""
        if column.field.codelist:
            return self.coded(column.name, column.field.codelist)
        if column.name not in self.header:
            return NOTHING
        if column.place_level:
            return self.place(column.name, column.place_level)
        verbs = {"date": date, "integer": integer, "number": number}
        return verbs.get(column.field.type, text)(self.header[column.name])

    def place(self, name: str, level: int, of: str = "code") -> pl.Expr:
        """Return the P-code (or another column of the gazetteer) of a unit chosen by its label, name or code."""
        if name not in self.header:
            return NOTHING
        known = {called: row[of] for called, row in _units_by_name(self.country, level)}
        return self.text(name).str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.String)

    def places(self) -> dict[str, pl.Expr]:
        """Return the fields of the place that follow from the units chosen."""
        first, second = self.place("admin1_code", 1), self.place("admin2_code", 2)
        parent = self.place("admin2_code", 2, "parent_code")
        # The level 1 unit follows from the level 2 unit; one that is not its parent is a contradiction.
        admin1 = pl.coalesce(first, parent)
        admin2 = pl.when(parent != first).then(pl.lit(_CONTRADICTION)).otherwise(second)
        has_point = self.text("latitude").is_not_null() & self.text("longitude").is_not_null()
        precision = (
            pl.when(has_point)
            .then(pl.lit("exact"))
            .when(second.is_not_null())
            .then(pl.lit("admin2"))
            .when(first.is_not_null())
            .then(pl.lit("admin1"))
            .when(self.text("place_name").is_not_null())
            .then(pl.lit("unknown"))
            .otherwise(pl.lit("country"))
        )
        coded = admin1.is_not_null()
        country = pl.lit(self.country)
        return {
            "location_code": country,
            "location_name": titled(country, "location"),
            "admin1_code": derived(admin1),
            "admin1_name": derived(_named(admin1, self.country, 1)),
            "admin2_code": derived(admin2),
            "admin2_name": derived(_named(admin2, self.country, 2)),
            "geo_precision": derived(precision),
            "pcode_method": derived(pl.when(coded).then(pl.lit("provider")).otherwise(pl.lit("none"))),
            "pcode_score": derived(pl.when(coded).then(pl.lit(1.0))),
            "pcode_release": derived(pl.when(coded).then(pl.lit(release().id))),
            "origin_admin1_name": derived(self.place("origin_admin1_code", 1, "name")),
        }

    def quantities(self) -> dict[str, pl.Expr]:
        """Return the quantity block that the words of `quantity_text` say; a unit that is entered comes before theirs."""
        both = pl.struct(words=self.text("quantity_text"), unit=self._unit().fill_null(""))
        read = {name: derived(_quantity(both, name)) for name in _QUANTITY}
        if "unit" in self.header:
            entered = pl.when(self._unit().is_not_null()).then(self.coded("unit", "unit"))
            read["unit"] = derived(pl.coalesce(entered, read["unit"]))
        return read

    def _unit(self) -> pl.Expr:
        """Return the unit that is known besides the words, as one that words are read with."""
        name = next((n for n in ("unit", "counts") if n in self.header), None)
        if name is None:
            return pl.lit("person")
        known = crosswalk("template-unit").mapping
        return self.coded(name, name).replace_strict(known, default=None, return_dtype=pl.String)

    def date_precision(self) -> pl.Expr:
        """Return the precision of the dates: to the day where dates stand without a word about it."""
        dated = [n for n in ("as_of", "date_start", "date_end") if n in self.header]
        known = pl.any_horizontal(self.text(name).is_not_null() for name in dated)
        otherwise = pl.when(known).then(pl.lit("day")).otherwise(pl.lit("unknown"))
        return derived(pl.coalesce(self.coded("date_precision", "date_precision"), otherwise))


def identifier(prefix: str, parts: Iterable[pl.Expr]) -> pl.Expr:
    """Return an identifier made of the parts' values and nothing else: `prefix` and 16 hexadecimal digits."""
    joined = pl.concat_str([part.cast(pl.String).fill_null("") for part in parts], separator="\x1f")
    hashed = joined.map_batches(
        lambda values: pl.Series([prefix + _digest(value) for value in values], dtype=pl.String),
        return_dtype=pl.String,
        is_elementwise=True,
    )
    return derived(hashed)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:_ID_DIGITS]


def _units_by_name(country: str, level: int) -> list[tuple[str, dict[str, str]]]:
    """Return what a unit may be called in a cell (in lower case) and the unit; by its name only where that is unique."""
    rows = units(country, level).with_columns(labelled(), unique=~pl.col("name").is_duplicated())
    return [
        (called.lower(), row)
        for row in rows.iter_rows(named=True)
        for called in (*([row["name"]] if row["unique"] else []), row["label"], row["code"])
    ]


def _named(codes: pl.Expr, country: str, level: int) -> pl.Expr:
    known = units(country, level)
    names = dict(zip(known["code"], known["name"], strict=True))
    return codes.replace_strict(names, default=None, return_dtype=pl.String)


def _quantity(both: pl.Expr, name: str) -> pl.Expr:
    """Return one part of the quantities; each distinct pair of words and unit is read once."""

    def read(pairs: pl.Series) -> pl.Series:
        frame = pairs.struct.unnest()
        distinct = frame.unique().drop_nulls("words")
        values = [_part(words, unit, name) for words, unit in distinct.iter_rows()]
        known = distinct.with_columns(pl.Series("part", values, dtype=_QUANTITY[name]))
        return frame.join(known, on=["words", "unit"], how="left", maintain_order="left")["part"]

    return both.map_batches(read, return_dtype=_QUANTITY[name])


def _part(words: str, unit: str, name: str) -> float | str | None:
    quantity = read_quantity(words, unit=unit)
    if name in ("qualifier", "bounds_basis", "unit"):
        return getattr(quantity, name) or None
    numbers = {"value": quantity.value, "value_low": quantity.low, "value_high": quantity.high}
    return None if numbers[name] is None else float(str(numbers[name]))
