"""What an HXL schema finds in a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hxl_kit.standard.messages import say

Severity = Literal["error", "warning", "info"]
Scope = Literal["table", "column", "row", "cell"]
Params = Mapping[str, str | int]
"""The values of a message's template."""


@dataclass(frozen=True)
class Said:
    """What is said of a column or a table: a template and its values."""

    message: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A place that breaks a rule of an HXL schema.

    Attributes:
        rule: the slug of the test, e.g. "hxl-datatype".
        severity: the rule's.
        scope: what is wrong: the table, a column, a row or a cell.
        message: what is wrong, in plain words and without the cell's value: a template that `params` fill in.
        pattern: the rule's tag pattern.
        description: the rule's own words (`#description`), "" without any.
        row_number: the record's number in its file, from 1; None beyond rows.
        column: the column's number, from 1; None where no single column is meant.
        name: the column's name, "" without a column.
        tag: the column's tag as it is written, "" without a column.
        value: the cell as received; never put into a message.
        suggested: the value that was probably meant, where the test knows one.
        schema_row: the record of the schema's file that holds the rule.
        params: the values of the message: limits and patterns of the schema, numbers, tags, readings of dates.
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
    params: Params = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The message in English."""
        return say(self.message, values=self.params)
