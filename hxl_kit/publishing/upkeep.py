"""Upkeep: what is not in order on a target, and repairing it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import ClearanceError, UsageError, nearest
from hxl_kit.publishing.clearing import require_cleared
from hxl_kit.targets.target import count_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.clearance.outcome import Cleared
    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.target import Ailment, Target


@dataclass(frozen=True)
class Found:
    """An ailment of a dataset; the dataset is "" where it is one of the target itself."""

    dataset: str
    ailment: Ailment

    @property
    def line(self) -> str:
        """Where and what, and what a repair would do."""
        remedy = f" (repair: {self.ailment.remedy})" if self.ailment.remedy else ""
        return f"{self.ailment.rule}: {self.ailment.place} {self.ailment.message}{remedy}"


@dataclass(frozen=True)
class Examination:
    """What is not in order, and what of it was repaired."""

    target: str
    dataset: str
    found: tuple[Found, ...]
    repaired: tuple[Found, ...] = ()

    @property
    def left(self) -> tuple[Found, ...]:
        """What is not in order still."""
        return tuple(each for each in self.found if each not in self.repaired)

    @property
    def can_be_repaired(self) -> bool:
        """Whether there is something that a repair would mend."""
        return any(each.ailment.remedy for each in self.left)

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `doctor`."""
        return {
            "target": self.target,
            "dataset": self.dataset or None,
            "ailments": [
                {"dataset": each.dataset, **asdict(each.ailment), "repaired": each in self.repaired}
                for each in self.found
            ],
            "left": len(self.left),
        }

    def as_text(self) -> str:
        """Return for people what is not in order, a line each."""
        place = f"{self.target}/{self.dataset}" if self.dataset else self.target
        if not self.found:
            return f"{place}: in order"
        mended = [f"  repaired  {each.line}" for each in self.found if each in self.repaired]
        head = f"{place}: {count_text(len(self.left), 'ailment')}" if self.left else f"{place}: repaired"
        return "\n".join([head, *mended, *(f"  {each.line}" for each in self.left)])


def examine(target: Target, dataset: str = "") -> Examination:
    """Return what is not in order with a dataset, or with a target and all that it serves.

    Raises:
        UsageError: there is no such dataset.
        TargetError: the target is unreachable.
    """
    names = (dataset,) if dataset else ("", *target.datasets())
    found = tuple(Found(name, ailment) for name in names for ailment in target.examine(name))
    if dataset and not found and not target.describe(dataset).pin:
        raise UsageError(f"{target.text}: no dataset '{dataset}'{nearest(dataset, target.datasets())}")
    return Examination(target.text, dataset, found)


def repair(examined: Examination, target: Target) -> Examination:
    """Apply the remedies, then examine again: repaired is what is gone, also what came up meanwhile is told.

    Raises:
        ClearanceError: files would be served again of packages that may not be published; the rest was repaired.
        TargetError: the target is unreachable, or refused.
    """
    refused = []
    for name in dict.fromkeys(each.dataset for each in examined.found):
        try:
            _repair(target, name, [each.ailment for each in examined.found if each.dataset == name])
        except ClearanceError as error:
            refused.append(str(error))
    if refused:
        raise ClearanceError("\n".join(refused))
    now = _examined_again(examined, target)
    new = tuple(each for each in now if each not in examined.found)
    repaired = tuple(each for each in examined.found if each not in now)
    return Examination(examined.target, examined.dataset, (*examined.found, *new), repaired)


def _repair(target: Target, dataset: str, ailments: Sequence[Ailment]) -> None:
    def clear(package: Package) -> Cleared:
        return require_cleared(package, target, target.describe(dataset))

    target.repair(dataset, ailments, clear)


def _examined_again(examined: Examination, target: Target) -> tuple[Found, ...]:
    """Return what is not in order now; that a dataset is gone after its repair is in order."""
    try:
        return examine(target, examined.dataset).found
    except UsageError:
        return ()
