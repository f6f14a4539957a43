"""Casualty series: tables with a row per day whose figures count from a fixed first day.

Tech for Palestine's daily tables (Gaza, West Bank, damaged buildings) and OCHA's sheet for Ukraine.
"""

from __future__ import annotations

from hxl_kit.sources.casualty_series import gaza, infrastructure, ukraine, west_bank
from hxl_kit.sources.definition import Lookalike, Source

_NAMES = (
    "this is a list of killed persons by name, not a series of figures: names of victims are not carried over; "
    "download casualties_daily from https://data.techforpalestine.org/docs/casualties-daily/"
)
_PERSON = frozenset({"id", "name", "en_name", "dob", "sex", "age", "source"})

SOURCE = Source(
    id="casualty_series",
    title="Casualty series (Tech for Palestine; OCHA Ukraine with figures of OHCHR)",
    provider="Tech for Palestine; OCHA",
    url="https://data.techforpalestine.org/docs/datasets/",
    licence="multiple",
    licence_title="Tech for Palestine: Unlicense; OCHA Ukraine: Creative Commons Attribution",
    licence_url="https://github.com/TechForPalestine/palestine-datasets/blob/main/LICENSE",
    redistribution="attribution",
    access="public",
    source_type="dataset",
    language="en",
    terms="Tech for Palestine's tables are free for any use; OCHA's sheet may be used with attribution to OCHA and to "
    "the organisation that each figure names.",
    layouts=(gaza.LAYOUT, west_bank.LAYOUT, infrastructure.LAYOUT, ukraine.LAYOUT),
    lookalikes=(Lookalike(_PERSON, _NAMES), Lookalike(_PERSON - {"source"}, _NAMES)),
)
