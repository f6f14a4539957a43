"""Values emptied in the rows of people who are nearly alone with them (local suppression, as in sdcMicro)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.frequencies import frequencies
from hxl_kit.disclosure.remedies.record import Remedy, changed_rows, require_columns
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALLEST_GROUP = 3
"""Of two who share what others know of them, each can tell the other."""


def rare_groups(
    frame: pl.DataFrame, columns: Sequence[str], smallest_group: int = SMALLEST_GROUP
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with values empty where fewer people than `smallest_group` share a combination of the columns.

    An empty cell could be any value. Of each such row the last column is emptied first, then the one before, until
    enough people could share what is left.

    Args:
        frame: a row per person or household.
        columns: what others could know of a person; what matters most to readers first.
        smallest_group: the fewest people who may share a combination.

    Raises:
        UsageError: a column is not there, or the smallest group is below 2.
    """
    require_columns(frame, *columns)
    if smallest_group < 2:  # noqa: PLR2004 - everybody is a group of one
        raise UsageError(f"rare-groups: a smallest group of {smallest_group} protects nobody; take 3 or more")
    after = frame
    for name in reversed(columns):
        rare = frequencies(after, columns)["sample"] < smallest_group
        if not rare.any():
            break
        after = after.with_columns(pl.when(~rare).then(name).alias(name))
    rows = changed_rows(frame.select(columns), after.select(columns))
    emptied = sum(after[name].null_count() - frame[name].null_count() for name in columns)
    parameters = {"smallest_group": smallest_group, "cells": emptied}
    return after, Remedy("rare-groups", tuple(columns), rows, parameters)
