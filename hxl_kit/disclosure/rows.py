"""What rows are where they are not people: sites with their numbers, events of a monitor, clusters of a response.

A form on a camp has the name, the sex and the age of whoever answered for hundreds; its rows are camps all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.cells import count
from hxl_kit.disclosure.location import described
from hxl_kit.disclosure.words import key, kind, kinds
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hxl_kit.disclosure.finding import Finding

FIRST = 5000
"""Rows by whose numbers places are told from households."""

_LARGEST_HOUSEHOLD = 15
_SHARE_UNIQUE = 0.9
_FEWEST_SIGNS = 2
_SURE = {"person_id", "birth_date"}
_PERSONAL = _SURE | {"person_name"}
_TRAITS = {"age", "sex", "birth_date", "marital_status", "occupation"}
_ASKING = ("small-count", "small-count-recoverable", "small-count-published-before", "small-count-combined")
_GRAVE = {"gbv", "hiv", "sexuality", "trafficking_torture"}
"""What tells on a person at a site however roughly people there were counted."""


class Places:
    """Whether each row is a place: named or coded, once a round, with more people than a household has."""

    def __init__(self, columns: Sequence[str]) -> None:
        """Choose the columns that name places, tell rounds apart and say how many live there; by names alone."""
        self._columns = [name for name in columns if name != ROW_NUMBER]
        self._sizes = [name for name in self._columns if kind(name, "size")]
        self._names = [name for name in self._columns if name not in self._sizes and _names_place(name)]
        self._periods = [name for name in self._columns if kind(name, "period")]
        own = [name for name in self._columns if name not in self._sizes and not kind(name, "informant")]
        self.possible = bool(self._sizes and self._names) and described(own) not in {"person", "household"}
        self._frames: list[pl.DataFrame] = []
        self._rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Keep the first rows of the columns that matter, if there are any."""
        if self.possible and self._rows < FIRST:
            wanted = dict.fromkeys((*self._names, *self._periods, *self._sizes))
            self._frames.append(frame.select(*wanted).head(FIRST - self._rows))
            self._rows += self._frames[-1].height

    def are_rows(self, told: Mapping[str, str]) -> bool:
        """Return whether rows are places.

        Args:
            told: what else is known of columns; a number or a birth date of a person means that rows are people.
        """
        persons = {name for name, what in told.items() if what in _SURE} - {*self._names}
        if not self._rows or any(not kind(name, "informant") for name in persons):
            return False
        return self._is_unique() and self._are_large()

    def are_counted(self, told: Mapping[str, str]) -> bool:
        """Return whether rows count people at places, each perhaps in several groups: nothing is of one person.

        Args:
            told: what else is known of columns.
        """
        traits = any(key(name) in _TRAITS for name in self._columns)
        return self._rows > 0 and not traits and not _PERSONAL & {*told.values()} and self._are_large()

    def _is_unique(self) -> bool:
        frame = pl.concat(self._frames).select(self._names + self._periods)
        return frame.n_unique() >= _SHARE_UNIQUE * frame.height

    def _are_large(self) -> bool:
        frame = pl.concat(self._frames)
        return any(_is_large(frame, name) for name in self._sizes)


def _names_place(name: str) -> bool:
    return bool(kind(name, "place_name")) or key(name) == "place"


def _is_large(frame: pl.DataFrame, name: str) -> bool:
    """Return whether most numbers above 0 are above what a household has."""
    numbers = frame.select(count(name)).to_series()
    inhabited = numbers.filter(numbers > 0)
    return len(inhabited) > 0 and int((inhabited > _LARGEST_HOUSEHOLD).sum()) * 2 > len(inhabited)


def are_events(columns: Iterable[str]) -> bool:
    """Return whether rows are events as monitors describe them: two signs such as a perpetrator and a precision."""
    signs = {sign for name in columns for sign in kinds(name, "event_rows")}
    return len(signs) >= _FEWEST_SIGNS


def of_clusters(columns: Iterable[str]) -> frozenset[str]:
    """Return the columns that are clusters of a response, where two sectors other than the sensitive ones are."""
    named = {name: about for name in columns if (about := kind(name, "cluster"))}
    return frozenset(named) if list(named.values()).count("sector") >= _FEWEST_SIGNS else frozenset()


def weighed(
    found: Iterable[Finding], resource: str, *, places: bool, events: bool, tags: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield the findings with those on small counts as grave as the rows make them.

    Incidents are not people, and a monitor of events has published them; a site's own words, such as harassment
    among its troubles, say nothing of those who are counted there.

    Args:
        found: what was found.
        resource: the table's name.
        places: whether rows are places.
        events: whether rows are events of a monitor.
        tags: hashtags by column.
    """
    for finding in found:
        words = f"{finding.column} {tags.get(finding.column, '')}"
        if finding.slug not in _ASKING:
            yield finding
        elif not (places and _is_size(words, finding.column, resource)):
            mild = events or _is_incident(words) or (places and _is_rough(words, finding.kind, resource))
            yield replace(finding, severity="warning") if mild else finding


def _is_incident(words: str) -> bool:
    return bool(kind(words, "incident")) and not kind(words, "cases")


def _is_size(words: str, column: str, resource: str) -> bool:
    """Return whether a column counts everybody at a place, whatever else is said of it."""
    return bool(kind(column, "size")) and not (kind(words, "sensitive") or kind(resource, "sensitive"))


def _is_rough(words: str, about: str, resource: str) -> bool:
    """Return whether a count is an estimate of a group that assessments of sites state, no count of cases."""
    cases = bool(kind(words, "cases") or kind(resource, "sensitive"))
    return not cases and (about not in _GRAVE or not kind(words, "sensitive"))
