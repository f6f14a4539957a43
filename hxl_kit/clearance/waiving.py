"""Which objections the waivers of a package allow: a waiver covers what it names, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.clearance.outcome import Objection, Waived

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.package.waivers import Waiver


def waive(
    objections: Sequence[Objection], waivers: Sequence[Waiver]
) -> tuple[tuple[Objection, ...], tuple[Waived, ...], tuple[Waiver, ...]]:
    """Return the objections that stand, those that are waived, and the waivers that allow nothing."""
    covering = [(waiver, _covered(waiver, objections)) for waiver in waivers]
    waived = {found: waiver for waiver, covered in reversed(covering) for found in covered}
    return (
        tuple(found for found in objections if found not in waived),
        tuple(Waived(found, waived[found]) for found in objections if found in waived),
        tuple(waiver for waiver, covered in covering if not covered),
    )


def _covered(waiver: Waiver, objections: Sequence[Objection]) -> list[Objection]:
    """Return the objections that a waiver allows; without a resource it speaks of one place or of none."""
    named = [found for found in objections if (found.rule, found.column) == (waiver.rule, waiver.column)]
    if waiver.resource:
        return [found for found in named if waiver.resource in (found.resource, *found.copies)]
    return named if len({found.resource for found in named}) == 1 else []
