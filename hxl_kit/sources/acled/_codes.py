"""How ACLED's codes, countries and kinds of figures are read, in event data and aggregates alike.

Meanings of codes: ACLED Codebook, https://acleddata.com/methodology/acled-codebook.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, text, unknown_code
from hxl_kit.standard.codelists import crosswalk

NOTHING = ("NA", "N/A", "NaN", "nan", "NULL", "null")
"""What R, pandas and databases write for an empty cell."""

CLAIMANT = constant("ACLED")


def coded(column: str, *crosswalks: str) -> pl.Expr:
    """Return the code of a number or word; `6.0` is 6, as tables with empty cells write whole numbers."""
    known = {value: code for name in crosswalks for value, code in crosswalk(name).mapping.items()}
    cell = text(column).str.to_lowercase().str.strip_suffix(".0")
    return cell.replace_strict(known, default=None, return_dtype=pl.String)


def known_or_refused(code: pl.Expr, column: str, crosswalk_name: str = "") -> pl.Expr:
    """Return a code, or where the column has a cell that is not known what rejects its row.

    A code made from several columns is not looked after by the lost-value rule; so its code list refuses the row.
    """
    return code.fill_null(unknown_code(column, crosswalk_name))


def numbered_country(column: str, crosswalk_name: str) -> pl.Expr:
    """Return the country of a number; 0 is none: ACLED writes it where the United Nations have no number."""
    code = known_or_refused(coded(column, crosswalk_name, "acled-location"), column, crosswalk_name)
    return pl.when(text(column).str.strip_suffix(".0") != "0").then(code)


def country_code(name: str, *codes: pl.Expr) -> pl.Expr:
    """Return ISO 3166-1 alpha-3: the first filled one of the codes, else by the name in the column `name`.

    Kosovo, for which files have several codes or none, goes by its name.
    """
    named = coded(name, "country_name-location", "acled-location")
    named = known_or_refused(named, name, "country_name-location")
    kosovo = pl.when(text(name).str.to_lowercase() == "kosovo").then(pl.lit("XKX"))
    return pl.coalesce(kosovo, *codes, named)
