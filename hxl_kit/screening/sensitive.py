"""Sensitive attributes and statements: what a column's header and values say of someone's belonging, health or fate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hxl_kit.screening.headers import header_denies, header_holds, header_says, is_opaque
from hxl_kit.screening.profile import MOST, MOSTLY, NEARLY_ALL
from hxl_kit.screening.words import has, plain, value_says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hxl_kit.screening.context import Context
    from hxl_kit.screening.finding import Severity
    from hxl_kit.screening.profile import Column

    Judge = Callable[[Column, Context, str], "Severity | None"]

KINDS = ("ethnicity", "religion", "health", "sexuality", "gbv", "detention")
BY_ANY_VALUE = ("gbv", "detention", "sexuality")
VALUE_DECIDES = ("ethnicity", "religion", "sexuality", "gbv", "detention")
BELONGING = ("ethnicity", "religion", "sexuality")
BLOOD_GROUP = re.compile(
    r"(?i)(?:a|b|ab|o|0|i{1,3}v?|iv|[1-4])\s*(?:\((?:i{1,3}|iv)\)\s*)?(?:rh\s*)?[+−–-](?:ve)?"
)
BY_VALUE_ALONE = (*BELONGING, "gbv")
SOME = 0.4
FEWEST = 0.2
DEVIATION = re.compile(r"[-−][0-5][.,]\d{1,2}")
"""A z-score of weight and height below the standard's median (WHO Child Growth Standards)."""

DIAGNOSIS = re.compile(r"(?:^|\s)[A-TV-Z]\d{2}(?:\.\d{1,2})?$")
"""A code of the International Classification of Diseases, tenth revision."""

CATEGORY_WORDS = 7
SENTENCE_WORDS = 3.5


def sensitive(kind: str) -> Judge:
    """Return the judge of a sensitive attribute."""

    def judge(column: Column, context: Context, said: str) -> Severity | None:
        if kind in BELONGING and header_holds(column.name, "majority", "is"):
            return None
        if said != "is":
            likely = said == "may" and context.persons and column.is_text and kind not in VALUE_DECIDES
            return "error" if likely else _by_value(kind, column, context, said)
        if column.is_day and kind != "detention":
            return None
        told = header_says(column.name, "clinical") or header_says(column.name, "age")
        numbers = column.is_number and not told
        if context.persons and not (numbers and context.aggregated):
            return "error"
        return None if numbers or context.aggregated else "warning"

    return judge


def _by_value(kind: str, column: Column, context: Context, said: str) -> Severity | None:  # noqa: PLR0911 - a return for each reason
    """Return whether categories name what a row's person is, has or suffered."""
    answers = column.answers
    told_enough = len(answers) >= FEWEST * len(column.sample) and (not column.is_number or kind == "health")
    if not told_enough or column.words > CATEGORY_WORDS:
        return None
    if header_denies(column.name, kind) and not (context.persons and kind == "health"):
        return None
    if kind == "ethnicity" and header_holds(column.name, "language", "is"):
        return None
    told = context.persons or is_opaque(column.name) or (said and kind in BY_ANY_VALUE)
    if context.aggregated and not context.persons:
        return None
    share = sum(value_says(text, kind) for text in answers) / max(len(answers), 1)
    if kind == "health" and (
        _is_blood(column)
        or (context.persons and not context.places and _is_clinical(column))
        or (told and column.share(_is_diagnosis) >= MOST and _is_of_chapters(answers))
    ):
        return "error" if context.persons else "warning"
    if kind == "gbv" and said:
        share = max(
            share, sum(has("violence", "value", plain(text)) for text in answers) / max(len(answers), 1)
        )
    if kind == "health" and not told:
        ill = share >= MOSTLY and not said and not header_denies(column.name, "person_name")
        return (
            "warning"
            if ill or sum(has(kind, "state", plain(text)) for text in answers) >= SOME * len(answers)
            else None
        )
    enough = (
        share > 0 if told and kind in BY_ANY_VALUE else share >= (MOST if told or kind == "gbv" else MOSTLY)
    )
    of_a_place = kind in BELONGING and not context.persons and header_denies(column.name, "person_name")
    if not enough or of_a_place or not (told or kind in BY_VALUE_ALONE):
        return None
    return "error" if context.persons else "warning"


def _is_blood(column: Column) -> bool:
    return column.share(lambda text: BLOOD_GROUP.fullmatch(text.strip()) is not None) >= MOST


def _is_clinical(column: Column) -> bool:
    """Return whether values are negative z-scores, or diagnoses with their subdivision."""
    low = column.share(lambda text: DEVIATION.fullmatch(text.strip()) is not None)
    return low >= MOSTLY or column.share(lambda text: _is_diagnosis(text) and "." in text) >= MOST


def _is_of_chapters(codes: Iterable[str]) -> bool:
    """Whether codes begin with several letters, as diagnoses do; E01, E02, … number enumerators, D1, D2, … districts."""
    return len({code.strip()[:1] for code in codes}) > 1


def _is_diagnosis(text: str) -> bool:
    return DIAGNOSIS.search(text.strip()) is not None


def statement(column: Column, context: Context, said: str) -> Severity | None:
    """Return how grave it is that a column holds what people said, or was told of them.

    Any free text in a table on persons is to be read by someone, whatever its header.
    """
    if column.words < SENTENCE_WORDS or not column.is_text:
        return None
    if said == "is":
        return "error" if context.persons else "warning"
    if said == "may" and context.persons:
        return "warning"
    prose = column.distinct >= NEARLY_ALL and not column.is_code
    if context.persons and prose and not header_holds(column.name, "organ", "header"):
        return "warning"
    if is_opaque(column.name) and column.distinct >= NEARLY_ALL:
        return "warning"
    return "warning" if column.share(_speaks) >= SPEAKING else None


SPEAKING = 0.4


def _speaks(text: str) -> bool:
    return has("speech", "value", plain(text))
