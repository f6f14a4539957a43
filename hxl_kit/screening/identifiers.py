"""Direct identifiers: what a column's header, hashtag and values say of names, numbers, places and devices of people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hxl_kit.screening.headers import header_denies, header_holds, header_says, is_opaque
from hxl_kit.screening.profile import FEW, MOST, MOSTLY, NEARLY_ALL, is_code
from hxl_kit.screening.values import dialled_abroad
from hxl_kit.screening.words import known_ids, plain, value_says

if TYPE_CHECKING:
    from hxl_kit.screening.context import Context
    from hxl_kit.screening.finding import Severity
    from hxl_kit.screening.profile import Column

UUID = re.compile(r"(?:uuid:)?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
SUBMISSION = re.compile(r"X?_id")
"""The column in which KoboToolbox numbers submissions."""

SIM = re.compile(r"89\d{17,18}")
"""The number of a SIM card: 89 for telecommunication, country, issuer and account (ITU-T E.118)."""

HANDLE = re.compile(r"@[A-Za-z_][\w.]{2,}")
DECIMAL = re.compile(r"-?\d{1,3}[.,]\d{1,2} ?%?|\d+ ?%")
BANK_CARD = re.compile(r"[2456]\d{15}")
"""The number of a payment card (ISO/IEC 7812-1)."""

CODE = re.compile(r"\b(?:code|p ?code|id|key)\b")
IMEI_DIGITS = 15
NAME_WORDS = 7
ID_CHARACTERS = 5
PHONE_DIGITS = 6
ADDRESS_WORDS = 1.5
WORDS_OF_ADDRESS = 3
DIGITS_OF_ID = 7
LONGEST_COUNT = 10
SOME = 0.3


def name(column: Column, context: Context, said: str) -> Severity | None:
    """Return how grave it is that a column names people; known names tell where the header does not."""
    if not column.is_text or column.is_code or column.words > NAME_WORDS or column.is_day:
        return None
    if column.is_bodies:
        return None
    likely = column.is_people or column.named >= SOME < column.distinct or column.is_surnames
    of_a_place = context.places and not header_holds(column.name, "who", "part")
    if said == "is" or (said == "may" and likely and not of_a_place):
        return "error"
    if header_denies(column.name, "person_name") or of_a_place:
        named = header_holds(column.name, "who", "part") and column.is_people
        return "error" if named else None
    if column.is_people:
        return "error" if context.persons or is_opaque(column.name) else "warning"
    return _name_among_persons(column, said) if context.persons else None


def _name_among_persons(column: Column, said: str) -> Severity | None:
    if said == "may" and column.is_names:
        return "error"
    few = len(column.sample) < FEW or column.distinct < MOSTLY
    likely = said == "may" or (column.is_names and column.named > 0)
    return "error" if column.is_capitalised and not few and likely else None


def phone(column: Column, context: Context, said: str) -> Severity | None:  # noqa: PLR0911 - a return for each reason
    """Return how grave it is that a column holds phone numbers."""
    office = header_holds(column.name, "organ", "header") and not header_holds(column.name, "who", "part")
    if column.is_day or column.is_precise_place or office:
        return None
    if said == "is":
        dialled = column.share(lambda text: sum(c.isdigit() for c in text) >= PHONE_DIGITS) >= MOST
        return "error" if dialled else None
    if header_says(column.name, "person_id") == "is" or CODE.search(plain(column.name)):
        return None
    if len(column.sample) < FEW or column.distinct < MOST:
        return None
    if column.is_phone:
        return "error"
    told = context.persons or is_opaque(column.name) or said
    if (is_opaque(column.name) or context.persons) and column.is_dialled:
        return "error" if context.persons else "warning"
    abroad = column.share(dialled_abroad) >= NEARLY_ALL
    return "error" if told and (abroad or (said == "may" and column.is_long_number)) else None


def person_id(column: Column, context: Context, said: str) -> Severity | None:  # noqa: PLR0911 - a return for each reason
    """Return how grave it is that a column holds numbers that stand for one person, case or household."""
    if len(column.sample) >= FEW and sum(map(_is_known_id, column.answers)) >= MOSTLY * len(column.sample):
        return "error"
    if column.share(lambda text: DECIMAL.fullmatch(text.strip()) is not None) >= MOST:
        return None
    asked = said == "is" and sum(map(is_code, column.answers)) >= MOST * len(column.answers) > 0
    if not (column.is_code or asked) or column.is_precise_place or (said != "is" and is_uuid(column)):
        return None
    long = sum(map(len, column.sample)) / len(column.sample) >= ID_CHARACTERS
    if said == "is":
        return "error" if (long or column.distinct >= MOST) and not column.is_small_number else None
    one_each = long and column.distinct >= NEARLY_ALL and context.persons
    if header_denies(column.name, "person_id") or header_says(column.name, "phone"):
        return None
    many = column.digits >= DIGITS_OF_ID and not column.is_round
    numbered = header_holds(column.name, "counted", "part") or header_holds(column.name, "numbered", "part")
    if one_each and (said == "may" or many or numbered):
        return "warning"
    return "warning" if _is_long_id(column) or (said == "may" and _is_of_papers(column)) else None


def _is_of_papers(column: Column) -> bool:
    """Return whether codes stand under a word for papers that people carry."""
    papers = header_holds(column.name, "paper", "part") and not header_holds(column.name, "organ", "header")
    return papers and column.digits >= PHONE_DIGITS and column.distinct >= NEARLY_ALL and not column.is_round


def _is_long_id(column: Column) -> bool:
    """Return whether a number or code has so many digits that it stands for one thing in millions."""
    numbered = header_holds(column.name, "numbered", "part") or header_holds(column.name, "counted", "part")
    return (
        numbered
        and column.is_long_number
        and column.digits >= LONGEST_COUNT
        and column.distinct >= NEARLY_ALL
    )


def _is_known_id(text: str) -> bool:
    return known_ids().fullmatch(text.strip()) is not None


def birth_date(column: Column, context: Context, said: str) -> Severity | None:
    """Return how grave it is that a column holds exact days of birth."""
    if said:
        return "error" if column.is_day else None
    told = (context.persons and not header_denies(column.name, "birth_date")) or is_opaque(column.name)
    return "error" if told and column.is_birth else None


def home(column: Column, context: Context, said: str) -> Severity | None:  # noqa: PLR0911 - a return for each reason
    """Return how grave it is that a column says where people live, to the house."""
    if header_says(column.name, "coordinate"):
        of_home = said == "is" or context.homes or (context.persons and not context.facility)
        return "error" if of_home and column.is_precise_place else None
    if (is_opaque(column.name) or (context.persons and not context.facility)) and column.is_point:
        return "error" if context.persons or context.homes else "warning"
    if column.is_yes_no or column.is_day:
        return None
    if context.facility and not context.persons:
        return None
    if said == "is":
        return "error" if column.is_text or column.is_code else None
    if said == "may" and column.is_code and column.words >= ADDRESS_WORDS:
        return "error"
    if _is_addressed(column, context):
        return "error" if context.persons else "warning"
    return None


def _is_addressed(column: Column, context: Context) -> bool:
    """Return whether values are streets with numbers, under a header that tells nothing or among persons."""
    share = column.share(lambda text: value_says(text, "home_location"))
    if is_opaque(column.name):
        return share >= SOME and column.words >= WORDS_OF_ADDRESS
    told = not (context.facility or header_denies(column.name, "home_location"))
    return told and column.is_code and share >= MOSTLY


def facility(column: Column, context: Context, _: str) -> Severity | None:
    """Return how grave it is that a column gives the location of facilities."""
    if not (context.facility and header_says(column.name, "coordinate")) or context.persons or context.homes:
        return None
    return "warning" if column.share(lambda text: bool(re.search(r"\d\.\d{3}", text))) >= MOST else None


def device(column: Column, context: Context, said: str) -> Severity | None:
    """Return how grave it is that a column holds ids of devices or of single submissions."""
    if _is_imei(column) or column.share(lambda text: SIM.fullmatch(text.strip()) is not None) >= NEARLY_ALL:
        return "error"
    if said != "is":
        numbered = SUBMISSION.fullmatch(column.name) is not None and column.is_long_number
        return "warning" if numbered or (is_uuid(column) and is_opaque(column.name)) else None
    if not column.is_code:
        long = column.share(lambda text: len(text) >= IMEI_DIGITS and " " not in text.strip()) >= MOST
        return "error" if long else None
    return "error" if context.persons or not is_uuid(column) else "warning"


def picture(column: Column, _: Context, said: str) -> Severity | None:
    """Return how grave it is that a column names files of pictures or recordings."""
    files = column.share(lambda text: bool(re.search(r"\.\w{2,4}$|://", text.strip()))) >= MOST
    return "error" if said == "is" and files and not column.is_number else None


def profile(column: Column, _: Context, said: str) -> Severity | None:
    """Return how grave it is that a column holds people's names in social media."""
    if column.share(lambda text: HANDLE.fullmatch(text.strip()) is not None) >= MOST:
        return "error"
    if said != "is" or column.is_yes_no or column.is_number:
        return None
    handles = column.share(
        lambda text: bool(re.search(r"^@|[a-z][.:]\w|/|\d", text)) and " " not in text.strip()
    )
    return "error" if handles >= MOST else None


def account(column: Column, _: Context, said: str) -> Severity | None:
    """Return how grave it is that a column holds numbers of accounts."""
    if column.share(lambda text: BANK_CARD.fullmatch(re.sub(r"[ -]", "", text)) is not None) >= NEARLY_ALL:
        return "error"
    return "error" if said == "is" and column.is_code and column.digits >= PHONE_DIGITS else None


def is_uuid(column: Column) -> bool:
    """Return whether most values are universally unique identifiers."""
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
