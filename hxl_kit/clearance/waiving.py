"""Which objections the waivers of a package allow: a waiver covers what it names, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.clearance.outcome import Objection, Waived
from hxl_kit.validation.waivers import covered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.validation.waivers import Waiver


def waive(
    objections: Sequence[Objection], waivers: Sequence[Waiver]
) -> tuple[tuple[Objection, ...], tuple[Waived, ...], tuple[Waiver, ...]]:
    """Return the objections that stand, those that are waived, and the waivers that allow nothing."""
    covering = [(waiver, covered(waiver, objections, _place_of)) for waiver in waivers]
    waived = {found: waiver for waiver, covered in reversed(covering) for found in covered}
    return (
        tuple(found for found in objections if found not in waived),
        tuple(Waived(found, waived[found]) for found in objections if found in waived),
        tuple(waiver for waiver, covered in covering if not covered),
    )


def _place_of(found: Objection) -> tuple[str, str, tuple[str, ...]]:
    return found.rule, found.column, (found.resource, *found.copies)
