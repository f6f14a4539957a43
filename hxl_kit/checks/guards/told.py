"""What each guard's checks say; why they matter and what to do instead are the guard's own words (`schemas/guards.csv`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.checks.rule import Check
from hxl_kit.standard.guards import guard
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from hxl_kit.checks.rule import Severity


def _check(number: str, slug: str, severity: Severity, message: str) -> Check:
    found = guard(number)
    return Check(slug, severity, message, found.why, found.source, found.instead)


CHECKS = (
    _check(
        *("G1", "stock-as-of", "error"),
        N_("is empty: a stock without its date cannot be added to others (G1)"),
    ),
    _check(
        *("G1", "stock-undated", "info"),
        N_("is empty: this stock has no date that others could be compared with (G1)"),
    ),
    _check(*("G1", "stock-period", "error"), N_("gives a stock a period; it has as_of alone (G1)")),
    _check(*("G1", "flow-as-of", "error"), N_("gives a flow the date of a stock; it has a period (G1)")),
    _check(
        *("G1", "flow-period", "error"),
        N_("is empty, or date_start is: a flow without both ends cannot be added to others (G1)"),
    ),
    _check(
        *("G1", "flow-open", "info"),
        N_("is empty, or date_start is: this flow has no period that others could be compared with (G1)"),
    ),
    _check(
        *("G1", "date-and-period", "warning"),
        N_("stands beside a period: the figure is of one date or of a period (G1)"),
    ),
    _check(
        *("G3", "superseded-recommended", "warning"),
        N_("is recommended, and a later figure supersedes this one (G3)"),
    ),
    _check(
        *("G3", "retracted-recommended", "warning"),
        N_("is recommended, and a row of claims retracts the figure (G3)"),
    ),
    _check(
        *("G4", "overlap-recommended", "error"),
        N_(
            "names a group with {count} recommended figures of one kind: they count some of the same people or things (G4)"
        ),
    ),
    _check(
        *("G5", "revised-down", "warning"),
        N_("of {date_end} is smaller than that of {day} in the same cumulative series: revised down (G5)"),
    ),
    _check(
        *("G6", "aggregate-recommended", "error"),
        N_("is recommended for an aggregate event, and so are figures of the events within it (G6)"),
    ),
    _check(
        *("G6", "parent-event", "warning"),
        N_("names no event of this package: what it is a part of cannot be told (G6)"),
    ),
    _check(
        *("G7", "category-recommended", "error"),
        N_("is recommended, and so is the figure of a wider category that contains this one (G7)"),
    ),
    _check(
        *("G8", "counts-unit", "error"),
        N_("is not what the row counts: people, movements, households and cases are different things (G8)"),
    ),
    _check(
        *("G9", "parts-above-total", "warning"),
        N_("is less than its parts together, at least {least} (G9)"),
    ),
    _check(
        *("G10", "cluster-countries", "warning"),
        N_("names a cluster with events in several countries, which count as one event (G10)"),
    ),
    _check(
        *("G11", "bounds-exact", "error"), N_("is exact, and value, low and high are not one number (G11)")
    ),
    _check(
        *("G11", "bounds-open", "error"),
        N_("closes a figure that is at least or more than a number (G11)"),
    ),
    _check(*("G11", "bounds-above", "error"), N_("is above a value that is itself the upper end (G11)")),
    _check(*("G11", "bounds-range", "error"), N_("is range, and an end of the range is empty (G11)")),
    _check(
        *("G11", "bounds-unknown", "error"),
        N_("is unknown, and there are bounds: say what they rest on (G11)"),
    ),
    _check(
        *("G11", "bounds-basis", "error"),
        N_("is empty, and there are bounds: say whether they are stated or a convention (G11)"),
    ),
    _check(
        *("G11", "bounds-convention", "error"),
        N_("does not name the convention that the bound of an order of magnitude rests on (G11)"),
    ),
    _check(
        *("G12", "other-sources", "info"),
        N_(
            "is of one of {count} publishers with recommended figures of this kind, country and time that may count the "
            "same: do not add them unless the sources are declared disjoint (G12)"
        ),
    ),
    Check(
        "claim-about",
        "warning",
        N_("names no row of the table that the claim is about: nobody can tell what was said of what"),
        N_("A denial that is about nothing is lost to whoever reads the figure that was denied."),
        "hxl_kit",
        N_("Write the identifier of the row that the claim is about, or add that row."),
    ),
)

TOLD = {check.slug: check for check in CHECKS}
