"""The versions of a dataset by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.errors import UsageError, nearest

if TYPE_CHECKING:
    from hxl_kit.targets.target import State, Target

_NAMED = 5


def versions_of(target: Target, dataset: str) -> tuple[State, ...]:
    """Return the versions of a dataset, kept and withdrawn.

    Raises:
        UsageError: nothing was ever published under the name; the nearest one that is served is told.
    """
    versions = target.history(dataset)
    if not versions:
        raise UsageError(f"{target.text}: no dataset '{dataset}'{nearest(dataset, target.datasets())}")
    return versions


def version_named(target: Target, dataset: str, version: str | None = None) -> State:
    """Return the newest version that is called so, by its id or by the package's version; the newest where none is named.

    Raises:
        UsageError: there is no such dataset or version.
    """
    history = versions_of(target, dataset)
    wanted = [state for state in history if version in (None, state.version_id, state.version)]
    if not wanted:
        known = ", ".join(state.version_id for state in history[:_NAMED])
        raise UsageError(f"{target.text}/{dataset}: no version '{version}'; the newest are {known}")
    return wanted[0]
