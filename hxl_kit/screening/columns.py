"""What a column's header, hashtag and values together say: one rule for each kind of personal or sensitive data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.screening import identifiers, sensitive
from hxl_kit.screening.finding import Finding, Rows, Severity, commonest_shape
from hxl_kit.screening.headers import header_holds, header_says
from hxl_kit.screening.values import is_of_a_person
from hxl_kit.screening.words import tag_says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hxl_kit.screening.context import Context
    from hxl_kit.screening.profile import Column

    Judge = Callable[[Column, Context, str], "Severity | None"]

SLUGS = {
    "person_name": "person-name",
    "phone": "person-phone",
    "email": "person-email",
    "role_email": "role-email",
    "person_id": "person-id",
    "birth_date": "birth-date",
    "home_location": "home-location",
    "device_id": "device-id",
    "picture": "picture",
    "profile_link": "profile-link",
    "bank_account": "bank-account",
    "ethnicity": "sensitive-ethnicity",
    "religion": "sensitive-religion",
    "health": "sensitive-health",
    "sexuality": "sensitive-sexuality",
    "gbv": "sensitive-violence",
    "detention": "sensitive-detention",
    "statement": "statement",
    "informant": "informant",
    "named_person": "person-in-text",
    "facility_location": "facility-location",
}
JUDGES: dict[str, Judge] = {
    "person_name": identifiers.name,
    "phone": identifiers.phone,
    "person_id": identifiers.person_id,
    "birth_date": identifiers.birth_date,
    "home_location": identifiers.home,
    "facility_location": identifiers.facility,
    "device_id": identifiers.device,
    "picture": identifiers.picture,
    "profile_link": identifiers.profile,
    "bank_account": identifiers.account,
    **{kind: sensitive.sensitive(kind) for kind in sensitive.KINDS},
    "statement": sensitive.statement,
}


def judged(column: Column, context: Context, resource: str) -> Iterator[Finding]:
    """Yield what is found of one column, each kind once."""
    found: dict[str, tuple[Severity, Rows, str]] = {}
    if not column.field and column.sample:
        tags = tag_says(column.tag)
        shape = commonest_shape(column.sample)
        for kind, judge in JUDGES.items():
            said = "is" if kind in tags else header_says(column.name, kind)
            severity = judge(column, context, said)
            if severity:
                found[kind] = (severity, column.filled or Rows(), shape)
    for told, (rows, shape) in column.hits.items():
        kind = "role_email" if told == "email" and _is_of_offices(column) else told
        severity = _of_hit(kind, column, context)
        if severity and kind not in found:
            found[kind] = (severity, rows, shape)
    if "phone" in found and found.get("person_id", ("",))[0] == "warning":
        del found["person_id"]  # the same digits twice
    for kind, (severity, rows, shape) in found.items():
        params = {"count": rows.count, "shape": shape}
        yield Finding(SLUGS[kind], severity, resource, column.label, rows, kind, "cells", params)


def _is_of_offices(column: Column) -> bool:
    """Return whether a header says that addresses are those of offices, and none is built of a person's names."""
    office = header_holds(column.name, "organ", "header") and not header_says(column.name, "person_name")
    return office and not any(is_of_a_person(text) for text in column.sample)


def _of_hit(kind: str, column: Column, context: Context) -> Severity | None:  # noqa: PLR0911 - a return for each kind
    """Return how grave a personal value in a cell is; in columns of known sources only addresses and phones count."""
    if kind in ("email", "phone"):
        return None if kind == "phone" and _is_of_offices(column) else "error"
    if kind == "informant":
        return "warning"
    if kind == "named_person":
        return "error" if context.persons and not column.field else "warning"
    if column.field:
        return None
    if kind == "home_location":
        return "error" if context.persons else None
    if kind in ("picture", "profile_link"):
        return "error" if context.persons or header_says(column.name, kind) else "warning"
    return "warning" if kind == "role_email" else "error"
