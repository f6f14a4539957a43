"""Screening: where a file seems to hold personal or sensitive data. Findings tell the place and the kind, no value.

`screen_table` looks at an open table, `screen_workbook` at what a workbook holds beside its tables,
`screen_text` at files that are no
tables, `screen_descriptor` at the texts of a package. What they find is worded in `schemas/checks/screen.csv`.
"""

from __future__ import annotations

from hxl_kit.screening.descriptors import screen_descriptor
from hxl_kit.screening.finding import Finding, Rows
from hxl_kit.screening.hidden import hidden_columns
from hxl_kit.screening.plain_text import screen_text
from hxl_kit.screening.table import screen_table
from hxl_kit.screening.workbooks import screen_workbook

__all__ = [
    "Finding",
    "Rows",
    "hidden_columns",
    "screen_descriptor",
    "screen_table",
    "screen_text",
    "screen_workbook",
]
