"""What the checks of places say, why they matter and what to do."""

from __future__ import annotations

from hxl_kit.checks.rule import Check
from hxl_kit.standard.messages import N_

REPEATED = N_(
    "is the same number as the longitude, a point {distance} km outside {country}: one was copied into the other"
)
OTHER_LEVEL = N_("is a P-code of level {level} of {country}, not of level {asked}")
WRITTEN = N_("is not written as in the gazetteer, where {code} is meant")

_PCODES = "OCHA, Common Operational Datasets on administrative boundaries"
_OUTLINES = "Natural Earth, countries 1:10m; the distances are hxl_kit's"

CHECKS = (
    Check(
        "coordinates-outside",
        "warning",
        N_("is, with the longitude, a point {distance} km outside {country}"),
        N_("A point in another country or in the sea puts an event where it did not happen."),
        _OUTLINES,
        N_("Look the place up on a map: is it the country or a coordinate that is mistaken?"),
    ),
    Check(
        "coordinates-swapped",
        "warning",
        N_("is, with the longitude, a point in {country} only when the two are exchanged"),
        N_("Exchanged coordinates put an event on another continent."),
        _OUTLINES,
        N_("Exchange latitude and longitude: north and south is the latitude."),
    ),
    Check(
        "coordinates-sign",
        "warning",
        N_("is, with the longitude, a point in {country} only with another sign"),
        N_("Without its minus, a place in the south or west is put in the north or east."),
        _OUTLINES,
        N_("Write southern latitudes and western longitudes with a minus."),
    ),
    Check(
        "coordinates-zero",
        "warning",
        N_("is 0, as the longitude is: a place in the sea that stands for no place"),
        N_(
            "Maps of violence show a hot spot off the coast of Ghana that is nothing but missing coordinates."
        ),
        "hxl_kit",
        N_("Leave both empty where the place is not known."),
    ),
    Check(
        "coordinates-half",
        "warning",
        N_("is there without the other coordinate"),
        N_("Half a point cannot be drawn on a map: the other number was lost on the way."),
        "hxl_kit",
        N_("Write both latitude and longitude, or neither."),
    ),
    Check(
        "coordinates-middle",
        "info",
        N_(
            "is, with the longitude, the point that stands for all of {country}, and geo_precision says {precision}"
        ),
        N_(
            "Many tools give the middle of a country where the place is not known: a place that nothing happened in."
        ),
        "OCHA Countries and Territories Taxonomy",
        N_("Give geo_precision as country, unless the place is really meant."),
    ),
    Check(
        "geo-precision-unit",
        "info",
        N_("says {precision}, and neither a unit of that level nor a point or place is given"),
        N_("Who counts by unit relies on the precision, and finds no unit to count the row in."),
        "hxl_kit, code list geo_precision",
        N_("Give the unit, or the coarser precision at which the place is known."),
    ),
    Check(
        "geo-precision-place",
        "info",
        N_("says {precision}, and there are no coordinates and no name of a place"),
        N_("Who maps events relies on the precision, and finds nothing to map."),
        "hxl_kit, code list geo_precision",
        N_("Give the coordinates or the place, or the coarser precision at which the place is known."),
    ),
    Check(
        "geo-precision-country",
        "info",
        N_("says that only the country is known, and a P-code is given"),
        N_(
            "The row is counted in a unit that the source does not name, or is left out of it though it does."
        ),
        "hxl_kit, code list geo_precision",
        N_("Give the precision of the unit, or leave the P-code empty."),
    ),
    Check(
        "pcode-country",
        "warning",
        N_("does not begin as the P-codes of {country} do, such as {example}"),
        N_("A P-code of another country joins the row to boundaries and populations of that country."),
        _PCODES,
        N_("Look up the P-code, or correct location_code."),
    ),
    Check(
        "pcode-unknown",
        "warning",
        N_("is no P-code of {country} at level {level}, which look like {example}"),
        N_(
            "A P-code that is in no gazetteer joins the row to nothing: it is lost from every map and sum by unit."
        ),
        _PCODES,
        N_(
            "Look the unit up with hxl-kit pcode, or add the country's newer release with hxl-kit gazetteers --add."
        ),
    ),
    Check(
        "pcode-former",
        "info",
        N_("is not in use any more: the newest release for {country} has no such unit"),
        N_("Former units do not join with present boundaries and populations."),
        _PCODES,
        N_("Give the unit that the place lies in now, or say which release is meant."),
    ),
    Check(
        "pcode-nesting",
        "warning",
        N_("lies in {parent}, which is not the row's {field}"),
        N_("The row counts in one unit at one level and in another unit at the next."),
        _PCODES,
        N_("Look both units up: one of the two P-codes is of another place."),
    ),
    Check(
        "pcode-name",
        "warning",
        N_("is the name of {code}, and the row's {field} is another unit's"),
        N_("One reader goes by the name and another by the code, and they map two places."),
        _PCODES,
        N_("Look both up: is it the name or the P-code that is mistaken?"),
    ),
)

TOLD = {check.slug: check for check in CHECKS}
