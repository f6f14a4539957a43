"""Rules that a user writes: `fatalities <= 500`, `"#affected+killed" >= 0`, with severity and message.

A rule is an expression in the notation of SQL's WHERE that must hold in each row. The language is small on purpose,
and read here: what it lacks cannot be written, a refusal knows its place, and no second reader of SQL, such as
polars' own, may understand the same text otherwise. `tokens` and `syntax` make a `tree` of the text, `operations` is
all that a tree may do, `expressions` turns it into a polars expression over known columns, `entries` holds rules to
their form, and `own_rules` makes `Rule`s of them.
"""

from __future__ import annotations

from hxl_kit.checks.own.columns import Column, column_of
from hxl_kit.checks.own.entries import OwnCheck, own_checks
from hxl_kit.checks.own.rules import explained, own_rules

__all__ = ["Column", "OwnCheck", "column_of", "explained", "own_checks", "own_rules"]
