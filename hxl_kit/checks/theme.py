"""Themes: the sets of checks. A module of `checks` that has a `THEME` is one by being there."""

from __future__ import annotations

import datetime as dt
import pkgutil
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from hxl_kit import checks

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import polars as pl

    from hxl_kit.checks.rule import Check, Rule, TableRule


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()


@dataclass(frozen=True)
class Context:
    """What rules go by besides the data: the day of the run (UTC), and the gazetteers added to the built-in ones."""

    today: dt.date = field(default_factory=_today)
    gazetteers: tuple[str, ...] = ()


def _no_rules(_: str, __: Context) -> tuple[Rule, ...]:
    return ()


def _nothing_kept(_: str, __: Collection[str]) -> list[pl.Expr]:
    return []


def _no_table_rules(_: str, __: Context) -> tuple[TableRule, ...]:
    return ()


@dataclass(frozen=True)
class Theme:
    """A set of checks of the standard's tables.

    Attributes:
        name: what `validate --checks` calls it.
        title: what its checks ask, in one line.
        checks: what its slugs stand for.
        row_rules: returns the rules on single rows of a table of the standard.
        kept: returns the columns that whole tables are reduced to before `table_rules` look at them, "row_number"
            first, of a table with the given columns; none for tables that are not compared.
        table_rules: returns the rules on the rows of a table taken together.
    """

    name: str
    title: str
    checks: tuple[Check, ...]
    row_rules: Callable[[str, Context], tuple[Rule, ...]] = _no_rules
    kept: Callable[[str, Collection[str]], list[pl.Expr]] = _nothing_kept
    table_rules: Callable[[str, Context], tuple[TableRule, ...]] = _no_table_rules


@cache
def themes() -> tuple[Theme, ...]:
    """Return the themes, by name."""
    names = [module.name for module in pkgutil.iter_modules(checks.__path__)]
    modules = [import_module(f"{checks.__name__}.{name}") for name in names]
    found = [module.THEME for module in modules if hasattr(module, "THEME")]
    return tuple(sorted(found, key=lambda theme: theme.name))
