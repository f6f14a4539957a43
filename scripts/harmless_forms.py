"""Forms of every table and language, filled in with made-up rows that name and harm nobody."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import openpyxl

from hxl_kit.package.form import write_form
from hxl_kit.places.gazetteer import labelled, units
from hxl_kit.standard.forms import form, form_names
from hxl_kit.standard.languages import code_titles, languages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.standard.forms import FormColumn

COUNTRY = "SYR"
FIRST_ROW, ROWS = 4, 6
TAGS = 3
"""The sheet's row with the hashtags, by which a column is found in every language."""

WORDS = {
    "en": {
        "alleged_perpetrator": "government forces",
        "claimant": "Ministry of Health",
        "claimed_by": "Ministry of Health",
        "quote": "The army denies that its aircraft were in the area.",
        "event_name": "Shelling of the central market",
        "description": "Shells fell on the central market in the morning; the number of dead rose to nine.",
        "place_name": "central market",
        "actor1_name": "Government of Syria",
        "actor2_name": "Civilians",
        "unit": "shelters",
        "sources.title": "Situation report 12 (fictitious)",
        "sources.publisher": "Example office",
    },
    "fr": {
        "alleged_perpetrator": "forces gouvernementales",
        "claimant": "Ministère de la Santé",
        "claimed_by": "Ministère de la Santé",
        "quote": "L'armée dément la présence de ses avions dans la zone.",
        "event_name": "Bombardement du marché central",
        "description": "Des obus sont tombés sur le marché central ; le bilan s'élève à neuf morts.",
        "place_name": "marché central",
        "actor1_name": "Gouvernement syrien",
        "actor2_name": "Civils",
        "unit": "abris",
        "sources.title": "Rapport de situation 12 (fictif)",
        "sources.publisher": "Bureau exemple",
    },
    "ar": {
        "alleged_perpetrator": "القوات الحكومية",
        "claimant": "وزارة الصحة",
        "claimed_by": "وزارة الصحة",
        "quote": "ينفي الجيش وجود طائراته في المنطقة.",
        "event_name": "قصف السوق المركزي",
        "description": "سقطت قذائف على السوق المركزي صباحا وارتفع عدد القتلى إلى تسعة.",
        "place_name": "السوق المركزي",
        "actor1_name": "الحكومة السورية",
        "actor2_name": "مدنيون",
        "unit": "مآوي",
        "sources.title": "تقرير الحالة 12 (وهمي)",
        "sources.publisher": "مكتب مثال",
    },
}
"""What an office writes in the columns of words."""

NUMBERS = {"latitude": 36.2, "longitude": 37.15, "fatalities": 9, "fatalities_low": 8, "fatalities_high": 11}


def filled_forms(folder: Path) -> Iterator[Path]:
    """Write a filled-in form of every table in every language; yield each file."""
    for language in languages():
        for name in form_names():
            workbook = openpyxl.load_workbook(io.BytesIO(write_form(name, COUNTRY, language)))
            sheet = workbook.worksheets[1]
            places = {cell.value: cell.column for cell in sheet[TAGS]}
            for column in form(name).columns:
                for number in range(ROWS):
                    cell = _cell(column, language, number)
                    sheet.cell(FIRST_ROW + number, places[column.field.hxl_tag]).value = cell
            path = folder / f"{name}_{language}.xlsx"
            workbook.save(path)
            yield path


def _cell(column: FormColumn, language: str, number: int) -> object:
    """Return what an office enters in the column of its n-th row."""
    if column.field.codelist:
        titles = list(code_titles(column.field.codelist, language).values())
        return titles[number % len(titles)]
    if level := column.place_level:
        return units(COUNTRY, level).with_columns(labelled()).row(0, named=True)["label"]
    if column.field.type == "date":
        return dt.date(2024, 11, 21 + number)
    words = {"quantity_text": f"at least {number + 2}", "round": "12", "about_id": f"office:event:{number}"}
    words |= {"sources.url": f"https://example.org/reports/{number}"} | WORDS[language]
    return words.get(column.name) or NUMBERS.get(column.name, number)
