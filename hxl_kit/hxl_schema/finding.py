"""What an HXL schema finds in a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]
Scope = Literal["table", "column", "row", "cell"]


@dataclass(frozen=True)
class Finding:
    """A place that breaks a rule of an HXL schema.

    Attributes:
        rule: the slug of the test, e.g. "hxl-datatype".
        severity: the rule's.
        scope: what is wrong: the table, a column, a row or a cell.
        message: what is wrong, in plain words and without the cell's value.
        pattern: the rule's tag pattern.
        description: the rule's own words (`#description`), "" without any.
        row_number: the record's number in its file, from 1; None beyond rows.
        column: the column's number, from 1; None where no single column is meant.
        name: the column's name, "" without a column.
        tag: the column's tag as it is written, "" without a column.
        value: the cell as received; never put into a message.
        suggested: the value that was probably meant, where the test knows one.
        schema_row: the record of the schema's file that holds the rule.
    """

    rule: str
    severity: Severity
    scope: Scope
    message: str
    pattern: str
    description: str = ""
    row_number: int | None = None
    column: int | None = None
    name: str = ""
    tag: str = ""
    value: str | None = field(default=None, repr=False)
    suggested: str | None = field(default=None, repr=False)
    schema_row: int | None = None
