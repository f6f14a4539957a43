"""What a workbook says of itself beyond its cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name, whether it is hidden, and, in XLSX, the name of its part in the file."""

    name: str
    hidden: bool
    part: str = ""


@dataclass(frozen=True)
class Merge:
    """A range of merged cells, e.g. B1:D1; rows are counted from 1, columns from 0."""

    reference: str
    top: int
    bottom: int
    left: int
    right: int

    def moved(self, columns: int) -> Merge:
        """Return the range so many columns further to the right."""
        return replace(self, left=self.left + columns, right=self.right + columns)


@dataclass(frozen=True)
class Layout:
    """What of a sheet does not show in its cells."""

    merges: tuple[Merge, ...] = ()
    hidden_columns: bool = False
    hidden_rows: int = 0
    formulas: int = 0
    unstored: int = 0
    links: bool = False
    lost_errors: int = 0
    text_numbers: tuple[str, ...] = ()


class Book(Protocol):
    """A workbook: its sheets in order, the year its days count from, whether formulas refer to other workbooks."""

    @property
    def sheets(self) -> tuple[Sheet, ...]: ...  # noqa: D102
    @property
    def date_system(self) -> str: ...  # noqa: D102
    @property
    def links(self) -> bool: ...  # noqa: D102

    def layout(self, sheet: Sheet) -> Layout:
        """Return what of a sheet does not show in its cells."""
