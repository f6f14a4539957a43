"""Groups of fields that the maps of several sources share."""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, integer, titled, words


def exact(column: str, unit: str = "person") -> dict[str, pl.Expr]:
    """Return the quantity block of a column of whole numbers that the provider gives as they are."""
    number = integer(column)
    return {
        "quantity_text": words(column),
        "value": number,
        "value_low": number,
        "value_high": number,
        "qualifier": constant("exact"),
        "bounds_basis": constant("stated"),
        "unit": constant(unit),
    }


def unranged(column: str, unit: str = "person") -> dict[str, pl.Expr]:
    """Return the quantity block of a column of estimates that the provider gives without bounds."""
    return {
        "quantity_text": words(column),
        "value": integer(column),
        "value_low": pl.lit(None, pl.Int64),
        "value_high": pl.lit(None, pl.Int64),
        "qualifier": constant("unknown"),
        "bounds_basis": pl.lit(None, pl.String),
        "unit": constant(unit),
    }


def country(
    code: pl.Expr, provider_code: pl.Expr | None = None, provider_name: pl.Expr | None = None
) -> dict[str, pl.Expr]:
    """Return the country's fields of the place block; `code` gives ISO 3166-1 alpha-3."""
    given = {"provider_location_code": provider_code, "provider_location_name": provider_name}
    return {
        "location_code": code,
        "location_name": titled(code, "location"),
        **{name: expr for name, expr in given.items() if expr is not None},
    }


def nationwide(
    code: pl.Expr, provider_code: pl.Expr | None = None, provider_name: pl.Expr | None = None
) -> dict[str, pl.Expr]:
    """Return the place block of figures that speak of a whole country."""
    return {
        **country(code, provider_code, provider_name),
        "geo_precision": constant("country"),
        "pcode_method": constant("none"),
    }


EVERYONE = {"sex": constant("all"), "age_group": constant("all")}
"""Figures that are not broken down by sex and age."""
