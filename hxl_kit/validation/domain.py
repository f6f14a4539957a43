"""The themes' rules run on tables: row by row as they are read, and on whole tables at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.checks.theme import Context, themes
from hxl_kit.standard.tables import table_names
from hxl_kit.validation.cells import only_possible, typed_rows
from hxl_kit.validation.report import Issue, cell_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hxl_kit.checks.rule import Rule, TableRule
    from hxl_kit.checks.theme import Theme
    from hxl_kit.reading import Batch
    from hxl_kit.standard.tables import Field, Table
    from hxl_kit.validation.columns import Recognised
    from hxl_kit.validation.selection import Selection


@dataclass(frozen=True)
class Subject:
    """A table as rules see it.

    Attributes:
        resource: what reports call it.
        header: its columns.
        owner: the table of the standard that it is, or comes nearest to.
        fields: the fields that its columns are, by column.
        exact: whether it is that table: then codes that are not in a list are errors, else warnings.
        guessed: the columns that only a common name says to be their fields: what cannot be one is left out.
    """

    resource: str
    header: Sequence[str]
    owner: Table
    fields: Mapping[str, Field]
    exact: bool = True
    guessed: frozenset[str] = frozenset()

    def rows(self, batch: Batch) -> pl.DataFrame:
        """Return a batch's rows as the fields' types (`typed_rows`)."""
        guessed = {column: self.fields[column] for column in self.guessed}
        return only_possible(typed_rows(batch, self.fields), self.owner, guessed)

    @property
    def columns(self) -> dict[str, str]:
        """The columns by field."""
        return {of.name: column for column, of in self.fields.items()}

    def issue(self, rule: Rule | TableRule, row: int, message: str, params: Mapping[str, object]) -> Issue:
        """Return the issue of a row that breaks a rule."""
        column = self.columns.get(rule.field, "")
        address = cell_address(row, self.header.index(column) + 1) if column else ""
        read_as = rule.field if column not in ("", rule.field) else ""
        return Issue(
            *(rule.id, rule.severity, self.resource, message, row, column or rule.field, address),
            params=params,
            read_as=read_as,
        )


def subject_of(resource: str, header: Sequence[str], found: Recognised) -> Subject:
    """Return a table as rules see it by what its columns were recognised as."""
    return Subject(resource, header, found.owner, found.fields, found.complete, found.guessed)


def row_rules(subject: Subject, chosen: Selection, context: Context) -> tuple[Rule, ...]:
    """Return the themes' rules on single rows that a table has the columns for."""
    names = {"row_number", *subject.columns, *(f"@{name}" for name in subject.columns)}
    rules = (
        rule
        for theme in themes()
        for rule in theme.row_rules(subject.owner.name, context)
        if chosen.runs(theme.name, rule.id)
    )
    kept = tuple(rule for rule in rules if rule.field in subject.columns and _roots(rule) <= names)
    return kept if subject.exact else tuple(map(_lenient, kept))


def row_issues(subject: Subject, rules: Sequence[Rule], rows: pl.DataFrame) -> Iterator[Issue]:
    """Yield the rows of a typed frame (`typed_rows`) that break rules, by rule."""
    if not rules or not rows.height:
        return
    broken = rows.select(rule.violated.any().alias(str(n)) for n, rule in enumerate(rules)).row(0)
    for rule, any_row in zip(rules, broken, strict=True):
        if any_row:
            yield from _broken(subject, rule, rows)


def _broken(subject: Subject, rule: Rule, rows: pl.DataFrame) -> Iterator[Issue]:
    constants = {name: value for name, value in rule.params.items() if not isinstance(value, pl.Expr)}
    told = [value.alias(name) for name, value in rule.params.items() if isinstance(value, pl.Expr)]
    for row in rows.filter(rule.violated).select("row_number", *told).iter_rows(named=True):
        number = row.pop("row_number")
        yield subject.issue(rule, number, rule.message, constants | row)


@dataclass
class Whole:
    """Tables that are compared as a whole, each reduced by each theme to a few columns of its rows.

    The first table of each kind is seen together with the others; further ones of a kind stand alone.
    """

    chosen: Selection
    context: Context
    subjects: dict[str, Subject] = field(default_factory=dict)
    frames: dict[tuple[str, str], list[pl.DataFrame]] = field(default_factory=dict)
    further: list[Whole] = field(default_factory=list)

    def of(self, subject: Subject) -> Whole:
        """Return where a table's rows go, and take it in."""
        if subject.owner.name not in self.subjects:
            self.subjects[subject.owner.name] = subject
            return self
        alone = Whole(self.chosen, self.context, {subject.owner.name: subject})
        self.further.append(alone)
        return alone

    def add(self, subject: Subject, rows: pl.DataFrame) -> None:
        """Keep what themes compare of a batch of typed rows."""
        name = subject.owner.name
        for theme in self._themes():
            if columns := theme.kept(name, [*subject.columns]):
                self.frames.setdefault((theme.name, name), []).append(rows.select(columns))

    def issues(self) -> Iterator[Issue]:
        """Yield what the themes find, by theme, in the order of the tables."""
        for theme in self._themes():
            yield from self._issues_of(theme)
        for alone in self.further:
            yield from alone.issues()

    def _issues_of(self, theme: Theme) -> Iterator[Issue]:
        tables = _Tables(
            theme, {name: frames for (of, name), frames in self.frames.items() if of == theme.name}
        )
        for name, subject in self.subjects.items():
            for rule in theme.table_rules(name, self.context):
                if name in tables.given and self.chosen.runs(theme.name, rule.id):
                    yield from _told(subject, rule, rule.found(tables))

    def _themes(self) -> Iterable[Theme]:
        return (theme for theme in themes() if self.chosen.any_of(theme.name))


class _Tables(dict[str, pl.DataFrame]):
    """A theme's reduced tables by name; those that are not there have no rows."""

    def __init__(self, theme: Theme, given: Mapping[str, list[pl.DataFrame]]) -> None:
        self.given = frozenset(given)
        super().__init__()
        for name in table_names():
            if name in given:
                self[name] = pl.concat(given[name])
            elif columns := theme.kept(name, ()):
                self[name] = pl.DataFrame(schema={"row_number": pl.UInt32}).select(columns)


def _told(subject: Subject, rule: TableRule, found: pl.DataFrame) -> Iterator[Issue]:
    for row in found.iter_rows(named=True):
        number, message = row.pop("row_number"), row.pop("message", rule.message)
        yield subject.issue(rule, number, message, row)


def _roots(rule: Rule) -> set[str]:
    told: list[Any] = [value for value in rule.params.values() if isinstance(value, pl.Expr)]
    return {name for expr in (rule.violated, *told) for name in expr.meta.root_names()}


def _lenient(rule: Rule) -> Rule:
    """Return the rule on codes as a warning: a table that is not wholly ours may have codes of its own."""
    return replace(rule, severity="warning") if rule.id == "constraint-enum" else rule
