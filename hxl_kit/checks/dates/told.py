"""What the checks of dates say, why they matter and what to do."""

from __future__ import annotations

from hxl_kit.checks.rule import Check
from hxl_kit.standard.messages import N_

TOO_SHORT = N_("is multi_year, and the period of {days} days lies within a year")

CHECKS = (
    Check(
        "date-future",
        "warning",
        N_("is after the day of this check, {today}"),
        N_("What has not happened yet cannot be reported: day and month, or the year, were mistaken."),
        "hxl_kit",
        N_("Read the date again in the source, and write it as 2024-03-01."),
    ),
    Check(
        "date-order",
        "warning",
        N_("is before date_start"),
        N_("A period that ends before it starts falls out of every selection by date."),
        "hxl_kit",
        N_("Read both dates again in the source: were day and month, or start and end, exchanged?"),
    ),
    Check(
        "date-precision-span",
        "warning",
        N_("is {precision}, and the period has {days} days"),
        N_("The precision says in which totals by month or year a row may be counted."),
        "hxl_kit, code list date_precision",
        N_("Give the precision that the dates have, or the dates that the source gives."),
    ),
    Check(
        "date-precision-undated",
        "warning",
        N_("says how finely the date is known, and there is no date"),
        N_("Where a date was lost on the way, the row falls out of every selection by date."),
        "hxl_kit, code list date_precision",
        N_("Write the date, or unknown where the source has none."),
    ),
    Check(
        "date-published",
        "warning",
        N_("is after {published}, when the source was published"),
        N_(
            "A document cannot report what happened after it was published: another source, or another date, is meant."
        ),
        "hxl_kit",
        N_("Compare the date with the source, and the source's date of publication with the document."),
    ),
    Check(
        "date-retrieved",
        "warning",
        N_("is before date_published"),
        N_("A document cannot be fetched before it is there: one of the two dates is mistaken."),
        "hxl_kit",
        N_("Read the date of publication again in the document."),
    ),
    Check(
        "date-document",
        "info",
        N_("is before {start}, when the event began: the document cannot report it"),
        N_("The document named is of another event, or its date was mistaken; some 1 % of UCDP's are."),
        "hxl_kit; UCDP GED Codebook: source_date",
        N_("Look the document up: is it of another event, or of another day?"),
    ),
    Check(
        "date-claim",
        "info",
        N_("is before {start}, the first day of what the claim is about"),
        N_("A claim that is older than what it is about is about something else."),
        "hxl_kit",
        N_("Look at which record the claim is about, and at both dates."),
    ),
)

TOLD = {check.slug: check for check in CHECKS}
