"""Withdrawing: a dataset and all its kept versions are taken down, and the public is told why."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import DataError, TargetError, UsageError
from hxl_kit.screening.names import is_full_name
from hxl_kit.screening.texts import in_text
from hxl_kit.targets.target import count_text, size_text
from hxl_kit.targets.versions import versions_of

if TYPE_CHECKING:
    from hxl_kit.targets.target import State, Target

REASON_CHARACTERS = 500
_OF_AN_OFFICE = "role_email"
_NAME_NOBODY = "it stays to be read for good, so it must name no person"
_LOOK_AGAIN = f"{_NAME_NOBODY}; it seems to name one: if that is no place or body, say it without"
_AROUND_WORDS = ".,;:()\"'“”«»،؛"


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal takes down: `versions`, none where the dataset is withdrawn already."""

    target: str
    dataset: str
    served: State
    versions: tuple[State, ...]
    reason: str

    @property
    def bytes(self) -> int:
        """The size of all files of all versions, in bytes."""
        return sum(state.bytes for state in self.versions)

    def as_text(self) -> str:
        """Return for people what goes, and what the public will read."""
        place = f"{self.dataset} on {self.target}"
        if not self.versions:
            return f"{place}: was {self.served.described}"
        head = f"{place}: {count_text(len(self.versions), 'version')}, {size_text(self.bytes)}, will be taken down for good"
        listed = [f"  {state.version_id}  {state.published_at}" for state in self.versions]
        warning = _LOOK_AGAIN if _may_name(self.reason) else _NAME_NOBODY
        return "\n".join([head, *listed, f"  the public will read: {self.reason}", f"  ({warning})"])


@dataclass(frozen=True)
class Withdrawn:
    """A dataset that was taken down; `versions` are the ids of what went just now."""

    target: str
    state: State
    versions: tuple[str, ...]
    bytes: int

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `withdraw`."""
        return {
            "target": self.target,
            "dataset": self.state.dataset,
            "withdrawn": self.state.withdrawn,
            "reason": self.state.reason,
            "versions": list(self.versions),
            "bytes": self.bytes,
        }

    def as_text(self) -> str:
        """Return one line for people."""
        place = f"{self.state.dataset} on {self.target}"
        if not self.versions:
            return f"{place}: was {self.state.described}"
        return f"{place}: withdrawn, {count_text(len(self.versions), 'version')} and {size_text(self.bytes)} taken down"


def plan_withdrawal(target: Target, dataset: str, reason: str) -> Withdrawal:
    """Return what withdrawing a dataset takes down; nothing is written.

    Raises:
        UsageError: there is no such dataset, or the reason is empty or too long.
        DataError: the reason, which the public reads, seems to hold personal data.
    """
    told = _public(reason)
    versions = tuple(state for state in versions_of(target, dataset) if not state.withdrawn)
    return Withdrawal(target.text, dataset, target.describe(dataset), versions, told)


def withdraw(planned: Withdrawal, target: Target) -> Withdrawn:
    """Take the dataset down and look whether it is; one that was stopped half-way is completed.

    Raises:
        TargetError: the target moved since it was looked at, or refused, or still serves something.
    """
    state = target.withdraw(planned.dataset, planned.reason, planned.served.pin)
    left = [each.version_id for each in target.history(planned.dataset) if not each.withdrawn]
    if left or not target.describe(planned.dataset).withdrawn:
        raise TargetError(f"{target.text}: {planned.dataset} is still served; withdraw it again")
    return Withdrawn(target.text, state, tuple(each.version_id for each in planned.versions), planned.bytes)


def _public(reason: str) -> str:
    """Return the reason on one line, if the public may read it."""
    text = " ".join("".join(c if c.isprintable() else " " for c in reason).split())
    if not text or len(text) > REASON_CHARACTERS:
        raise UsageError(
            f"withdraw: --reason must say in 1 to {REASON_CHARACTERS} characters why; the public reads it"
        )
    kinds = {finding.kind for finding in in_text(text, "", "reason", "descriptor")} - {_OF_AN_OFFICE}
    if kinds:
        found = ", ".join(sorted(kind.replace("_", " ") for kind in kinds))
        raise DataError(
            f"withdraw: the reason is read by the public and seems to hold: {found}; say it without"
        )
    return text


def _may_name(text: str) -> bool:
    """Return whether two words of a sentence are what people are called; many places and hospitals are called so too.

    Therefore it is told and refuses nothing: "wrong figures for Abu Kamal" is an ordinary reason.
    """
    words = [word.strip(_AROUND_WORDS) for word in text.split()]
    pairs = ((one, two) for one, two in pairwise(words) if one and two)
    return any(
        not (one[0].islower() or two[0].islower()) and is_full_name(f"{one} {two}") for one, two in pairs
    )
