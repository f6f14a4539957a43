"""Clearing a package: every rule is asked, and all that speaks against it is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.clearance.copies import with_copies
from hxl_kit.clearance.layouts import layout_objections
from hxl_kit.clearance.masking import masking_objections
from hxl_kit.clearance.origin import origin_objections
from hxl_kit.clearance.outcome import Clearance
from hxl_kit.clearance.people import people_objections
from hxl_kit.clearance.sensitivity import class_objections
from hxl_kit.clearance.terms import terms_objections
from hxl_kit.clearance.waiving import waive
from hxl_kit.reading.table import shown
from hxl_kit.validation.waivers import waivers_of

if TYPE_CHECKING:
    from hxl_kit.reading.packages import Package


def clear(package: Package, previous: Package | None = None) -> Clearance:
    """Return what speaks against publishing a package, and the proof that targets ask for if nothing does.

    The files must be what the descriptor says (`verify_files`): the proof is of the descriptor's hashes.

    Args:
        package: the package.
        previous: what the target serves now, with which small counts are compared.

    Raises:
        InputError: a table cannot be read to its end.
    """
    objections = [
        *origin_objections(package),
        *class_objections(package),
        *terms_objections(package),
        *layout_objections(package),
        *masking_objections(package, previous),
        *people_objections(package, previous),
    ]
    waivers, wrong = waivers_of(package.descriptor)
    standing, waived, stale = waive(tuple(with_copies(package, objections)), waivers)
    said = package.descriptor.get("sensitivity")
    clearance = Clearance(
        sensitivity=shown(said) if isinstance(said, str) else "",
        refusals=tuple(found for found in standing if found.blocks),
        waived=waived,
        warnings=tuple(found for found in standing if not found.blocks),
        stale=stale,
        wrong=tuple(wrong),
    )
    return clearance.proven(package)
