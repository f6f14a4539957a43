"""What every test of an HXL schema answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from hxl_kit.hxl_schema.part import BROKEN, Column, Part, together
from hxl_kit.standard.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.hxl_schema.finding import Params, Said, Scope


class NotCheckedError(Exception):
    """A test could not be done with a column; `said` says why, for the report."""

    def __init__(self, said: Said, column: Column) -> None:
        super().__init__(say(said.message, values=said.params))
        self.said = said
        self.column = column


@dataclass(frozen=True)
class Test:
    """A test of a rule; `slug` is what its findings are called, `scope` what they are on."""

    slug: ClassVar[str]
    scope: ClassVar[Scope] = "cell"

    def missing(self, selected: Sequence[Column], columns: Sequence[Column]) -> Said | None:
        """Return why the table cannot pass for the columns that it has or lacks, in plain words; None otherwise."""
        del selected, columns
        return None

    def params(self, part: Part, number: int | None) -> Params:
        """Return the values of the messages on a column of a part."""
        del part, number
        return {}

    @property
    def may_be_slow(self) -> bool:
        """Whether the test's time cannot be bounded beforehand."""
        return False

    def whole(self, selected: Sequence[Column]) -> bool:
        """Return whether the test has to see all rows at once."""
        del selected
        return False

    def needs(self, selected: Sequence[Column], columns: Sequence[Column]) -> Sequence[Column]:
        """Return the columns whose cells the test looks at."""
        del columns
        return selected

    def found(self, part: Part, selected: Sequence[Column]) -> pl.DataFrame:
        """Return the marks on the rows of a part, in the columns that the rule selects."""
        return together(
            [part.marked(column, self.broken(part.distinct(column), column)) for column in selected]
        )

    def broken(self, cells: pl.Series, column: Column) -> pl.DataFrame:
        """Return which of a column's different cells are wrong: `cell`, `message`, `suggested`."""
        del cells, column
        return pl.DataFrame(schema=BROKEN)
