"""Which checks were asked for: sets by name, single checks by slug, or all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.errors import UsageError, nearest
from hxl_kit.validation.catalogue import check_sets

if TYPE_CHECKING:
    from collections.abc import Iterable

ALL = "all"
OPTIONAL = frozenset({"hxl-schema"})
"""Sets that run only when they are asked for by name: others' rules, which the standard's tables need not keep."""


@dataclass(frozen=True)
class Selection:
    """The names that were asked for, each of a set or of a check."""

    names: frozenset[str]

    def __contains__(self, name: str) -> bool:
        """Return whether a set runs as a whole."""
        return name in self.names or (ALL in self.names and name not in OPTIONAL)

    def runs(self, set_name: str, slug: str) -> bool:
        """Return whether a check of a set runs."""
        return set_name in self or slug in self.names

    def any_of(self, set_name: str) -> bool:
        """Return whether any check of a set runs."""
        slugs = {check.slug for found in check_sets() if found.name == set_name for check in found.checks}
        return set_name in self or not slugs.isdisjoint(self.names)

    def also(self, name: str) -> Selection:
        """Return the selection with one more set."""
        return Selection(self.names | {name})

    @property
    def only_frictionless(self) -> bool:
        """Whether nothing but frictionless' verdict is asked for."""
        return self.names == {"frictionless"}


def selected(names: Iterable[str]) -> Selection:
    """Return the selection of the named sets and checks.

    Raises:
        UsageError: a name is neither a set nor a check.
    """
    chosen = frozenset(names)
    sets = [found.name for found in check_sets()]
    slugs = {check.slug for found in check_sets() for check in found.checks}
    for name in sorted(chosen - {ALL, *sets} - slugs):
        near = nearest(name, (ALL, *sets, *slugs))
        raise UsageError(
            f"validate: no checks '{name}'{near}; known: all, {', '.join(sets)} (`hxl-kit checks` lists every one)"
        )
    return Selection(chosen)
