"""Screening: where a file seems to hold personal or sensitive data. Findings tell the place and the kind, no value."""

from __future__ import annotations

from hxl_kit.screening.finding import Finding, Rows
from hxl_kit.screening.table import screen_table

__all__ = ["Finding", "Rows", "screen_table"]
