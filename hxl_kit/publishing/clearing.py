"""Clearance of what is published: asked once for the same content, required before every write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.clearance.clearing import clear
from hxl_kit.clearance.telling import refusal_text
from hxl_kit.errors import ClearanceError, TargetError
from hxl_kit.reading.packages import verify_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.clearance.outcome import Clearance, Cleared
    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.plan import Plan
    from hxl_kit.targets.target import State, Target


def clearance_of(package: Package, target: Target, state: State) -> Clearance:
    """Return what speaks against publishing a package whose files are as described, once for the same content.

    `state` is what the target serves under the name now: the package is compared with it.
    """
    key = (package.digest, state.digest)
    if key not in _CLEARED:
        _CLEARED[key] = _clearance(package, target, state)
    return _CLEARED[key]


_CLEARED: dict[tuple[str, str], Clearance] = {}


def _clearance(package: Package, target: Target, state: State) -> Clearance:
    if state.digest in ("", package.digest) or not state.files:
        return clear(package)
    try:
        with target.opened(state) as served:
            if not verify_files(served):
                return clear(package, served)
    except TargetError:
        pass
    return clear(package).with_warning("not-compared", _DAMAGED)


_DAMAGED = "what is served now is damaged: small counts were not compared with those published before"


def require_cleared(package: Package, target: Target, state: State) -> Cleared:
    """Return the proof without which no target writes.

    Raises:
        ClearanceError: something speaks against publishing the package; all of it is told.
    """
    clearance = clearance_of(package, target, state)
    if clearance.proof is None:
        raise ClearanceError(refusal_text(package.name, target.text, clearance))
    return clearance.proof


def require_all_cleared(plans: Sequence[Plan]) -> None:
    """Do nothing if no plan says that its package is refused, so that of several packages all are published or none.

    Raises:
        ClearanceError: packages are refused; all of it is told.
    """
    refused = [plan for plan in plans if plan.clearance.refusals]
    if refused:
        told = [refusal_text(plan.dataset, plan.target, plan.clearance) for plan in refused]
        raise ClearanceError("\n".join(told))
