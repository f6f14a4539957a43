"""What a column's header, hashtag and values together say: one rule for each kind of personal or sensitive data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hxl_kit.screening.finding import Finding, Rows, Severity, commonest_shape
from hxl_kit.screening.profile import MOST, MOSTLY, NEARLY_ALL
from hxl_kit.screening.words import header_denies, header_says, plain, tag_says, value_says

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
SENSITIVE = ("ethnicity", "religion", "health", "sexuality", "gbv", "detention")
BY_VALUE = ("gbv", "health", "detention")

KNOWN_IDS = re.compile(
    r"\d{3}-\d{2}[CI]\d{5,}|[A-Z]{3}-\d{2}[CI]\d{5,}|\d{5}-\d{7}-\d|\d{3}-\d{2}-\d{4}|\d{4}-\d{4}-\d{5}",
)
"""Forms of ids that no other code has: UNHCR's registration groups and individuals, CNIC, SSN, tazkira."""

UUID = re.compile(r"(?:uuid:)?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
IMEI_DIGITS = 15
NAME_WORDS = 7
SENTENCE_WORDS = 3.5
ID_CHARACTERS = 5
PHONE_DIGITS = 6
ADDRESS_WORDS = 1.5
FEW = 3


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
    for kind, (rows, shape) in column.hits.items():
        severity = _of_hit(kind, column, context)
        if severity and kind not in found:
            found[kind] = (severity, rows, shape)
    for kind, (severity, rows, shape) in found.items():
        params = {"count": rows.count, "shape": shape}
        yield Finding(SLUGS[kind], severity, resource, column.label, rows, kind, "cells", params)


def _of_hit(kind: str, column: Column, context: Context) -> Severity | None:
    """Return how grave a personal value in a cell is; in columns of known sources only addresses and phones count."""
    if kind in ("email", "phone"):
        return "error"
    if kind == "informant":
        return "warning"
    if column.field:
        return None
    if kind == "named_person":
        return "error" if context.persons else "warning"
    if kind in ("picture", "profile_link"):
        return "error" if context.persons or header_says(column.name, kind) else "warning"
    return "warning" if kind == "role_email" else "error"


def _name(column: Column, context: Context, said: str) -> Severity | None:
    if not column.is_text or column.is_code or column.words > NAME_WORDS or column.is_day:
        return None
    if said == "is":
        return "error"
    if not context.persons or header_denies(column.name, "person_name"):
        return None
    if said == "may" and column.is_names:
        return "error"
    few = len(column.sample) < FEW or column.distinct < MOSTLY
    return "error" if column.is_capitalised and not few and (said == "may" or column.is_names) else None


def _phone(column: Column, _: Context, said: str) -> Severity | None:
    if column.is_day:
        return None
    if said == "is":
        dialled = column.share(lambda text: sum(c.isdigit() for c in text) >= PHONE_DIGITS) >= MOST
        return "error" if dialled and not column.is_precise_place else None
    codes = header_says(column.name, "person_id") or re.search(
        r"\b(?:code|p ?code|id|no|key)\b", plain(column.name)
    )
    return "error" if column.is_phone and not codes and len(column.sample) >= FEW else None


def _person_id(column: Column, context: Context, said: str) -> Severity | None:
    if (
        len(column.sample) >= FEW
        and column.share(lambda text: bool(KNOWN_IDS.fullmatch(text.strip()))) >= MOSTLY
    ):
        return "error"
    if not column.is_code or column.is_precise_place or (said != "is" and _is_uuid(column)):
        return None
    long = sum(map(len, column.sample)) / len(column.sample) >= ID_CHARACTERS
    if said == "is":
        return "error" if long or column.distinct >= MOST else None
    return "warning" if said == "may" and long and context.persons and column.distinct >= NEARLY_ALL else None


def _birth_date(column: Column, _: Context, said: str) -> Severity | None:
    return "error" if said and column.is_day else None


def _home(column: Column, context: Context, said: str) -> Severity | None:
    if header_says(column.name, "coordinate"):
        of_home = bool(said) or context.homes or (context.persons and not context.facility)
        return "error" if of_home and column.is_precise_place else None
    if not said or column.is_yes_no or column.is_day:
        return None
    if said == "may":
        return "error" if column.is_code and column.words >= ADDRESS_WORDS else None
    return "error" if column.is_text or column.is_code else None


def _facility(column: Column, context: Context, _: str) -> Severity | None:
    if not (context.facility and header_says(column.name, "coordinate")) or context.persons or context.homes:
        return None
    return "warning" if column.share(lambda text: bool(re.search(r"\d\.\d\d", text))) >= MOST else None


def _device(column: Column, context: Context, said: str) -> Severity | None:
    if _is_imei(column):
        return "error"
    if said != "is" or not column.is_code:
        return _device_words(column, said)
    return "error" if context.persons or not _is_uuid(column) else "warning"


def _device_words(column: Column, said: str) -> Severity | None:
    """Return whether longer ids, such as `collect:…` or addresses of files, stand under a device's word."""
    long = column.share(lambda text: len(text) >= IMEI_DIGITS and " " not in text.strip()) >= MOST
    return "error" if said == "is" and long else None


def _picture(column: Column, _: Context, said: str) -> Severity | None:
    files = column.share(lambda text: bool(re.search(r"\.\w{2,4}$|://", text.strip()))) >= MOST
    return "error" if said == "is" and files and not column.is_number else None


def _profile(column: Column, _: Context, said: str) -> Severity | None:
    if said != "is" or column.is_yes_no or column.is_number:
        return None
    handles = column.share(
        lambda text: bool(re.search(r"^@|[a-z][.:]\w|/|\d", text)) and " " not in text.strip()
    )
    return "error" if handles >= MOST else None


def _account(column: Column, _: Context, said: str) -> Severity | None:
    return "error" if said == "is" and column.is_code and column.digits >= PHONE_DIGITS else None


def _sensitive(kind: str) -> Judge:
    def judge(column: Column, context: Context, said: str) -> Severity | None:
        if said != "is":
            likely = said == "may" and context.persons and column.is_text and kind != "gbv"
            return "error" if likely else _by_value(kind, column, context, said)
        if column.is_day and kind != "detention":
            return None
        told = header_says(column.name, "clinical") or header_says(column.name, "age")
        numbers = column.is_number and not told
        if context.persons and not (numbers and context.aggregated):
            return "error"
        return None if numbers or context.aggregated else "warning"

    return judge


def _by_value(kind: str, column: Column, context: Context, said: str) -> Severity | None:
    """Return whether a column of categories names violence, illness or detention that happened to the row's person."""
    if (
        kind not in BY_VALUE
        or not (context.persons or said)
        or not column.is_text
        or column.words > NAME_WORDS
    ):
        return None
    if not any(value_says(text, kind) for text in set(column.sample)):
        return None
    return "error" if context.persons else "warning"


def _statement(column: Column, context: Context, said: str) -> Severity | None:
    if column.words < SENTENCE_WORDS or not column.is_text:
        return None
    if said == "is":
        return "error" if context.persons else "warning"
    return "warning" if said == "may" and context.persons else None


def _is_uuid(column: Column) -> bool:
    return column.share(lambda text: bool(UUID.fullmatch(text.strip()))) >= MOST


def _is_imei(column: Column) -> bool:
    if len(column.sample) < FEW or column.distinct < MOST:
        return False
    return column.share(lambda text: len(text.strip()) == IMEI_DIGITS and _luhn(text.strip())) >= NEARLY_ALL


def _luhn(digits: str) -> bool:
    """Return whether the last digit checks the others (ISO/IEC 7812-1, as IMEI has it)."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    doubled = (int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0  # noqa: PLR2004 - of two digits, their sum


JUDGES: dict[str, Judge] = {
    "person_name": _name,
    "phone": _phone,
    "person_id": _person_id,
    "birth_date": _birth_date,
    "home_location": _home,
    "facility_location": _facility,
    "device_id": _device,
    "picture": _picture,
    "profile_link": _profile,
    "bank_account": _account,
    **{kind: _sensitive(kind) for kind in SENSITIVE},
    "statement": _statement,
}
