"""A legacy HXL schema as a Table Schema, which says what it can; the rest is listed with the reason.

A Table Schema has types and constraints of single fields, and all it finds are errors. Rules that compare rows or
look at a whole column's habits stay HXL rules: `validate --hxl-schema` runs them.
Source: the Table Schema of Data Package v1 (specs.frictionlessdata.io/table-schema), as frictionless 5.21 reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.hxl_schema.cells import visible
from hxl_kit.hxl_schema.migrated_cells import (
    TEXT,
    Typed,
    constraints_of,
    reads_dates,
    type_asked,
    type_implied,
)
from hxl_kit.hxl_schema.part import columns_of
from hxl_kit.hxl_schema.row_tests import Required, UniqueRow, UniqueValue
from hxl_kit.reading.table import listed
from hxl_kit.standard.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hxl_kit.hxl_schema.schema import HxlRule, HxlSchema
    from hxl_kit.hxl_schema.testing import Test
    from hxl_kit.reading.table import TableText
    from hxl_kit.standard.tags import TagPattern

NOT_CARRIED = "hxl_not_carried"
"""The property of the Table Schema that lists what it does not say, or says otherwise."""

COLUMN_WISE = {
    "hxl-date-order": "whether day or month comes first is asked of a whole column",
    "hxl-whitespace": "superfluous white space is no matter of a type or constraint",
    "hxl-spelling": "a rare spelling shows only beside the other cells of the column",
    "hxl-outlier": "a number is far only from the other numbers of the column",
    "hxl-consistent": "the type that most cells of a column have is known only when all are read",
    "hxl-correlation": "fields cannot be compared with one another",
}
"""Why a Table Schema has no words for a test."""


@dataclass
class Draft:
    """A field in the making; `cells` are the different ones of its column, where their form matters."""

    name: str
    tag: Tag | None
    cells: pl.Series | None = None
    typed: Typed | None = None
    description: str = ""
    constraints: dict[str, Any] = field(default_factory=dict)

    def as_field(self) -> dict[str, Any]:
        """Return the field's descriptor."""
        said = {
            "description": self.description,
            "hxl_tag": str(self.tag or ""),
            "constraints": self.constraints,
        }
        typed = (self.typed or TEXT).as_json()
        return {"name": self.name, **typed, **{key: value for key, value in said.items() if value}}

    def take_type(self, found: tuple[Typed, list[str]] | None) -> Iterator[str]:
        """Take a type over; yield what it says otherwise, or that another rule has given one already."""
        if found is None:
            return
        typed, whys = found
        if self.typed is None:
            self.typed = typed
            yield from whys
        elif self.typed != typed:
            yield f"the field {self.name} is of type {self.typed.type} by an earlier rule"

    def take(self, found: dict[str, Any]) -> Iterator[str]:
        """Take constraints over; yield why one is not, where another rule has said something else already."""
        for name, value in found.items():
            if self.constraints.setdefault(name, value) != value:
                yield f"the field {self.name} has another '{name}' by an earlier rule"


@dataclass
class Migration:
    """A schema's rules on drafts of fields, and what was not carried over."""

    schema: HxlSchema
    drafts: Sequence[Draft]
    key: list[str] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)

    def as_schema(self) -> dict[str, Any]:
        """Return the Table Schema: types that are asked for come before those that limits imply."""
        for step in (self._rule, self._types_asked, self._types_implied, self._tests):
            for rule in self.schema.rules:
                step(rule, [draft for draft in self.drafts if rule.pattern.matches(draft.tag)])
        key = {"primaryKey": self.key} if self.key else {}
        left = {NOT_CARRIED: sorted(self.left, key=itemgetter("row"))} if self.left else {}
        return {"fields": [draft.as_field() for draft in self.drafts], "missingValues": [""], **key, **left}

    def _rule(self, rule: HxlRule, drafts: Sequence[Draft]) -> None:
        """Give the fields of a rule its words, and list what is not said of the rule as a whole."""
        said = [test for test in rule.tests if test.slug not in COLUMN_WISE]
        if rule.pattern.wildcard and said:
            names = listed([draft.name for draft in drafts]) or "none"
            self._leave(
                rule, "", [f"a field has a tag of its own: the rule is on those listed here ({names})"]
            )
        for draft in drafts:
            draft.description = draft.description or ("" if rule.pattern.wildcard else rule.description)
        if rule.unread:
            self._leave(rule, "hxl-list", ["its list could not be read; save it beside the schema"])
        if rule.severity != "error" and said:
            self._leave(
                rule, "", [f"it is of severity {rule.severity}; all that a Table Schema finds are errors"]
            )

    def _types_asked(self, rule: HxlRule, drafts: Sequence[Draft]) -> None:
        for test in rule.tests:
            for draft in drafts:
                self._leave(rule, test.slug, draft.take_type(type_asked(test, draft.cells)))

    def _types_implied(self, rule: HxlRule, drafts: Sequence[Draft]) -> None:
        for test in rule.tests:
            for draft in drafts:
                if draft.typed is None:
                    found = type_implied(test, draft.tag, draft.cells)
                    self._leave(rule, test.slug, draft.take_type(found))

    def _tests(self, rule: HxlRule, drafts: Sequence[Draft]) -> None:
        for test in rule.tests:
            self._leave(rule, test.slug, self._carried(rule.pattern, test, drafts))

    def _carried(self, pattern: TagPattern, test: Test, drafts: Sequence[Draft]) -> Iterator[str]:
        """Carry a test over; yield what of it is not."""
        if test.slug == "hxl-date-order" and all(draft.typed and draft.typed.written for draft in drafts):
            return
        if test.slug in COLUMN_WISE:
            yield COLUMN_WISE[test.slug]
        elif isinstance(test, UniqueRow):
            yield from self._key(test)
        elif not drafts:
            yield f"no column has the tag {pattern}"
        elif isinstance(test, Required):
            yield from _required(test, drafts)
        elif isinstance(test, UniqueValue):
            yield from _unique(drafts)
        else:
            for draft in drafts:
                found, whys = constraints_of(test, draft.typed or TEXT)
                yield from (*whys, *draft.take(found))

    def _key(self, test: UniqueRow) -> Iterator[str]:
        """Make the first key of rows the primary key."""
        names = [d.name for d in self.drafts if not test.key or any(p.matches(d.tag) for p in test.key)]
        if not names:
            yield "no column has a tag of the key"
        elif self.key and self.key != names:
            yield f"a table has one primary key; this one would be {listed(names)}"
        else:
            self.key = names
            yield "case and accents count in a primary key, and a row without any of its values is refused"

    def _leave(self, rule: HxlRule, slug: str, whys: Iterable[str]) -> None:
        """List what is not carried of a test, or ("") of the whole rule."""
        about = {
            "row": rule.row_number,
            "hxl_tag": str(rule.pattern),
            "check": slug,
            "severity": rule.severity,
        }
        for why in whys:
            if (entry := {**about, "why": why}) not in self.left:
                self.left.append(entry)


def _required(test: Required, drafts: Sequence[Draft]) -> Iterator[str]:
    """Require all fields where each has to be filled."""
    if test.least is not None and test.least >= len(drafts):
        for draft in drafts:
            draft.constraints["required"] = True
        if test.least > len(drafts):
            yield f"{test.least} filled columns are asked for, and only {len(drafts)} have the tag"
    elif (test.least or 0) > 0:
        yield f"any {test.least} of {len(drafts)} fields have to be filled"
    if test.most is not None and test.most < len(drafts):
        yield f"at most {test.most} of {len(drafts)} fields may be filled"


def _unique(drafts: Sequence[Draft]) -> Iterator[str]:
    for draft in drafts:
        draft.constraints["unique"] = True
    yield "case, accents and white space count in a unique field"
    if len(drafts) > 1:
        yield "each of the fields is unique in itself; that a value is in one of them only cannot be said"


def table_schema(schema: HxlSchema, text: TableText | None = None) -> dict[str, Any]:
    """Return a schema as a Table Schema's descriptor, with a field for each tag that it names, or for each column.

    Args:
        schema: the HXL schema.
        text: a table: the fields take its columns, and the dates their form from its cells.

    Returns:
        `fields` with `hxl_tag`, `missingValues`, perhaps `primaryKey`, and `hxl_not_carried`: a list of
        `hxl_tag` (the rule's pattern), `check` (the test's slug, "" for the whole rule), `severity`, `row` (of the
        schema's file) and `why`.

    Raises:
        InputError: the table cannot be read.
    """
    return Migration(schema, _from_tags(schema) if text is None else _from_columns(schema, text)).as_schema()


def _from_tags(schema: HxlSchema) -> list[Draft]:
    """Return a draft for each tag that a rule names."""
    tags = {
        Tag(rule.pattern.hashtag, tuple(sorted(rule.pattern.include)))
        for rule in schema.rules
        if not rule.pattern.wildcard
    }
    in_order = sorted(tags, key=lambda tag: _first(schema, tag))
    names: dict[str, Tag] = {}
    for tag in in_order:
        name = tag.sorted.strip("#").replace("+", "_")
        names[name if name not in names else f"{name}_{len(names)}"] = tag
    return [Draft(name, tag) for name, tag in names.items()]


def _first(schema: HxlSchema, tag: Tag) -> int:
    """Return the number of the first rule that names a tag."""
    return next(
        n
        for n, rule in enumerate(schema.rules)
        if (rule.pattern.hashtag, rule.pattern.include) == (tag.hashtag, tag.attribute_set)
    )


def _from_columns(schema: HxlSchema, text: TableText) -> list[Draft]:
    """Return a draft for each column of a table, with its different cells where their form matters."""
    columns = columns_of(text)
    dated = [
        column.name
        for column in columns
        if any(
            rule.pattern.matches(column.tag) and reads_dates(test, column.tag)
            for rule in schema.rules
            for test in rule.tests
        )
    ]
    cells = _distinct(text, dated)
    return [Draft(column.name, column.tag, cells.get(column.name)) for column in columns]


def _distinct(text: TableText, names: Sequence[str]) -> dict[str, pl.Series]:
    """Return the different filled cells of columns."""
    found = {name: pl.Series(dtype=pl.String) for name in names}
    for batch in text.batches() if names else ():
        found = {
            name: pl.concat([cells, batch.frame[name]]).drop_nulls().unique() for name, cells in found.items()
        }
    return {name: cells.filter(visible(cells)) for name, cells in found.items()}
