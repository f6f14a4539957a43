"""Forms: which fields of a table a field office fills in, in which order (`schemas/forms/<table>.csv`).

A line is `section,field,required,key`: the fields with `key` name a row, so that a corrected number keeps its
identifier. `sources.<field>` is a field of the table of sources: each figure says where it is from.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from hxl_kit.errors import require_known
from hxl_kit.standard import schemas
from hxl_kit.standard.tables import Field, Table, table

SOURCES = "sources"
MARK = "#meta+form"
"""The hashtag of a form's first column; its further attributes are the table and the country: +casualties+syr."""


@dataclass(frozen=True)
class FormColumn:
    """A column of a form: a field of `table`, which the form may demand although the table does not."""

    table: str
    field: Field
    section: str
    required: bool
    key: bool

    @property
    def name(self) -> str:
        """The field's name, with its table before it where it is one of the sources."""
        return f"{SOURCES}.{self.field.name}" if self.table == SOURCES else self.field.name

    @property
    def place_level(self) -> int | None:
        """The administrative level (1 or 2) of a column that holds a P-code; None for others."""
        name = self.field.name
        return int(name.removesuffix("_code")[-1]) if name.endswith(("admin1_code", "admin2_code")) else None


@dataclass(frozen=True)
class Form:
    """What a field office fills in for a table."""

    table: Table
    columns: tuple[FormColumn, ...]

    def of(self, table_name: str) -> tuple[FormColumn, ...]:
        """Return the columns that are fields of a table."""
        return tuple(column for column in self.columns if column.table == table_name)


def form_names() -> tuple[str, ...]:
    """Return the names of the tables that there is a form for, sorted."""
    return schemas.names("forms", ".csv")


@cache
def form(name: str) -> Form:
    """Return the form of a table.

    Raises:
        UsageError: there is no form of that name.
    """
    require_known("form for table", name, form_names())
    with schemas.path_of("forms", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return Form(table(name), tuple(_column(name, row) for row in csv.DictReader(file)))


def _column(name: str, row: dict[str, str]) -> FormColumn:
    owner, _, field = row["field"].rpartition(".")
    return FormColumn(
        table=owner or name,
        field=table(owner or name)[field],
        section=row["section"],
        required=row["required"] == "true",
        key=row["key"] == "true",
    )
