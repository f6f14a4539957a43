"""Remedies: each takes a frame and returns it changed, with a record of what was done for the provenance."""

from hxl_kit.disclosure.remedies.generalising import age_bands, coarser_dates, coarser_places
from hxl_kit.disclosure.remedies.masking import mask_places
from hxl_kit.disclosure.remedies.plain import drop, round_to
from hxl_kit.disclosure.remedies.rare import rare_groups
from hxl_kit.disclosure.remedies.record import Remedy
from hxl_kit.disclosure.remedies.suppressing import suppress

__all__ = [
    "Remedy",
    "age_bands",
    "coarser_dates",
    "coarser_places",
    "drop",
    "mask_places",
    "rare_groups",
    "round_to",
    "suppress",
]
