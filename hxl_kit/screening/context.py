"""What a table's rows are: people or households one by one, or numbers of people; what its coordinates are of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.screening.headers import header_holds, header_says
from hxl_kit.screening.words import plain, tag_says

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.screening.profile import Column

MARKS = 2
HOMES = (
    "shelter id",
    "shelter code",
    "shelter name",
    "shelter no",
    "tent",
    "dwelling",
    "safe house",
    "safehouse",
)


@dataclass(frozen=True)
class Context:
    """What is known of a table's rows.

    Attributes:
        persons: each row is a person, a case or a household.
        aggregated: rows hold numbers of people.
        facility: rows are hospitals, schools or the like.
        homes: rows are shelters or dwellings.
        places: rows are of places or have one each: a `name` is the place's.
    """

    persons: bool
    aggregated: bool
    facility: bool
    homes: bool
    places: bool


def context_of(columns: Sequence[Column]) -> Context:
    """Return what a table's rows are, by the columns that are of no known source."""
    unknown = [column for column in columns if not column.field and column.sample]
    aggregated = any(_counts(column) for column in unknown)
    events = any(header_says(column.name, "event") for column in unknown)
    identified = any(_identifies(column) for column in unknown)
    spoken_of = any(_speaks_of_a_person(column) for column in unknown) and not events
    marks = sum(_is_age_or_sex(column) for column in unknown)
    return Context(
        persons=identified or spoken_of or (marks >= MARKS and not (aggregated or events)),
        aggregated=aggregated,
        facility=any(header_says(c.name, "facility") and c.is_text for c in unknown),
        homes=any(home in plain(c.name) for c in unknown for home in HOMES),
        places=any(header_says(c.name, "place") for c in columns),
    )


def _is_age_or_sex(column: Column) -> bool:
    """Return whether a column has ages or sexes, but those of who informed or answers for others."""
    if header_holds(column.name, "officer", "part"):
        return False
    aged = header_says(column.name, "age") != "" and column.is_age
    return aged or (header_says(column.name, "sex") != "" and column.is_sex)


def _counts(column: Column) -> bool:
    """Return whether a column holds numbers of people or things."""
    return header_says(column.name, "count") != "" and column.is_number and not column.is_yes_no


def _speaks_of_a_person(column: Column) -> bool:
    """Return whether a header has words of a table on persons: a respondent, a patient, consent."""
    if "person" in tag_says(column.tag) or header_says(column.name, "person"):
        return not (_counts(column) or (column.is_day and header_says(column.name, "count")))
    return header_says(column.name, "gbv") != "" and header_says(column.name, "age") != "" and column.is_age


def _identifies(column: Column) -> bool:
    """Return whether a column identifies persons: a birth date, a device, a name, a number of a person or household."""
    said = tag_says(column.tag)
    if "birth_date" in said or header_says(column.name, "birth_date"):
        return column.is_day
    if "device_id" in said or header_says(column.name, "device_id"):
        return column.is_code and "uuid" not in plain(column.name)
    if header_says(column.name, "person_name") == "is" or "person_name" in said:
        bodies = column.is_bodies or header_holds(column.name, "officer", "part")
        return column.is_text and not (column.is_code or bodies)
    return header_says(column.name, "person_id") == "is" and column.is_code and not column.is_day
