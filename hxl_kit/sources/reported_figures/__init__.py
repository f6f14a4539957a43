"""Reported figures: the sheet that a desk officer keeps of figures from situation reports and news.

One row per figure: what is counted, where and when, the words of the document, and the document. The numbers are read
from the words (`hxl_kit.figures`); a phrase that cannot be read stays, with the qualifier unknown. Figures of several
documents mostly overlap, so none is recommended unless the sheet says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hxl_kit.sources.definition import Source
from hxl_kit.sources.reported_figures._layout import LAYOUT
from hxl_kit.sources.reported_figures._quantities import Said, unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hxl_kit.reading import TableText
    from hxl_kit.sources.definition import Layout


def layout_with_notes(file: TableText) -> Layout | None:
    """Return the layout of a sheet, with notes on the words in it that are no numbers; None for other tables.

    Raises:
        InputError: the file cannot be read any further.
    """
    names = LAYOUT.names_in(file.header, file.tags)
    if not LAYOUT.required <= frozenset(names.values()):
        return None
    return replace(LAYOUT, notes=(*LAYOUT.notes, *_about_words(file, names)))


def _about_words(file: TableText, names: dict[str, str]) -> Iterator[str]:
    phrases: list[int] = []
    entries = 0
    for batch in file.batches():
        rows = batch.frame.rename(names).drop_nulls("raw_phrase")
        for row in rows.iter_rows(named=True):
            is_unread, unread_entries = unread(_said(row))
            phrases += [row["row_number"]] if is_unread else []
            entries += unread_entries
    if phrases:
        yield (
            f"{len(phrases)} phrases state no number that can be read without guessing (rows {_listed(phrases)}): kept "
            "as words, the quantity unknown; a column 'language' tells which mark parts thousands"
        )
    if entries:
        yield f"{entries} entries of disaggregation are shares or words, not numbers of a known group: they give no row"


def _said(row: Mapping[str, str]) -> Said:
    return Said(row["raw_phrase"], row.get("language"), row.get("unit"), row.get("disaggregation"))


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)


SOURCE = Source(
    id="reported_figures",
    title="Figures from situation reports and news",
    provider="the office that keeps the sheet",
    url="https://reliefweb.int/",
    licence="other",
    licence_title="The terms of the documents that the sheet names",
    licence_url="https://reliefweb.int/terms-conditions",
    redistribution="attribution",
    access="restricted",
    source_type="other",
    language="",
    terms="Figures and short quotations are facts of the documents that each row names; cite these.",
    layouts=(LAYOUT,),
    recognise=layout_with_notes,
)
