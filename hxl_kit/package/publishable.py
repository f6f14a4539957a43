"""What is said of an input: on the officer's screen with its names, in a package without names of the officer's making.

Files, sheets and columns may be named after a person. In a package a file keeps its name only where every word of it is
known to be harmless: of its source, of the standard, of a country, or of `schemas/words/file_name_words.csv`. Columns that
the source does not know, and sheets, are counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import nearest
from hxl_kit.reading.table import counted, shown
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.schemas import path_of
from hxl_kit.standard.tables import table_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hxl_kit.reading import TableText
    from hxl_kit.sources.definition import Source
    from hxl_kit.sources.layout import Layout

_NAMED_COLUMNS = 12
_WORD = re.compile(r"[^\W\d_]+")
_LONG_NUMBER = re.compile(r"\d{9}")
"""Nine digits are no date (20241231) and no version: a phone or an id."""

_NAMES = re.compile(r": .*", re.DOTALL)
"""In a note on the reading, names follow a colon or stand in quotes."""


@dataclass(frozen=True)
class Said:
    """A name or a note as it is said `here`, on this machine, and in the package; "" is not said there."""

    here: str
    public: str

    def with_sheet(self, sheet: str, number: int, source: Source) -> Said:
        """Return the name of a workbook's `number`-th table."""
        public = sheet if is_plain(sheet, source) else f"sheet {number}"
        return Said(f"{self.here}: {sheet}", f"{self.public}: {public}")


def file_name(path: Path, number: int, source: Source) -> str:
    """Return an input's file name, or `input-<number>` with its ending where it may hold a private name."""
    return path.name if is_plain(path.name, source) else f"input-{number}{_ending(path)}"


def is_plain(name: str, source: Source) -> bool:
    """Return whether every word of a name is known to be harmless and no number in it is as long as a phone's."""
    words = _words_of(name) - _words() - _words_of(source.id, source.title)
    return not words and not _LONG_NUMBER.search(re.sub(r"\W", "", name))


def about_reading(text: TableText, layout: Layout, source: Source) -> Iterator[Said]:
    """Yield the notes on how a table was read and on its layout; what a layout says of every file is public as it is."""
    fixed = {note for known in source.layouts for note in known.notes}
    names = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in (*text.header, text.sheet) if name]
    for note in (*text.notes, *layout.notes):
        bare = _NAMES.sub("", note)
        named = "'" in bare or any(name.search(bare) for name in names)
        yield Said(note, note if note in fixed else "" if named else bare)


def about_sheets(others: Sequence[str]) -> Iterator[Said]:
    """Yield which sheets are not of the source."""
    public = f"{counted(len(others), 'sheet')} not of this source: not read"
    for number, name in enumerate(others):
        yield Said(f"sheet '{shown(name)}' is not of this source: not read", "" if number else public)


def about_columns(layout: Layout, names: Mapping[str, str], unknown: Sequence[str]) -> Iterator[Said]:
    """Yield which columns were found under another name, which have no place, and which are not known."""
    others = [f"'{shown(given)}' as {name}" for given, name in names.items() if given != name]
    if others:
        yield _columns("columns read under another name", others, [])
    if dropped := [given for given, name in names.items() if name in layout.personal]:
        public = [names[given] for given in dropped]
        yield _columns("columns of private persons dropped before anything was kept", dropped, public)
    left = [given for given, name in names.items() if name not in layout.columns | layout.personal]
    if left or unknown:
        public = [names[given] for given in left if names[given] in layout.not_carried]
        told = ", ".join(shown(name) for name in [*left, *unknown])
        what = "columns not carried over"
        yield Said(f"{what}: {told}", f"{what}: {', '.join(public)}" if public else "")
    if unknown:
        yield _columns("of these unknown to this source, kept in the private folder", unknown, [])
    absent = layout.columns & layout.optional - set(names.values())
    if alike := [f"'{shown(column)}'{hint}" for column in unknown if (hint := nearest(column, absent))]:
        yield _columns("columns that may be renamed ones, not read", alike, [])


def _columns(what: str, here: Sequence[str], public: Sequence[str]) -> Said:
    """Say what columns are with their names here, and in public with the names or else their number."""
    return Said(f"{what}: {_listed(here)}", f"{what}: {_listed(public) if public else len(here)}")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_COLUMNS
    first = ", ".join(shown(name) for name in names[:_NAMED_COLUMNS])
    return f"{first} … and {more} more" if more > 0 else first


@cache
def _words() -> frozenset[str]:
    """Return the words that name no person."""
    listed = [cell for row in _rows("file_name_words") for cell in row[:1]]
    countries = [name for _, name, _ in _rows("country_short_names")]
    locations = [word for code in codelist("location").codes for word in (code.code, code.title)]
    return _words_of(*listed, *countries, *locations, *table_names())


@cache
def _formats() -> frozenset[str]:
    return _words_of(*(words for words, what in _rows("file_name_words") if what == "formats"))


def _rows(name: str) -> list[tuple[str, ...]]:
    return pl.read_csv(path_of("words", f"{name}.csv"), infer_schema=False).rows()


def _words_of(*texts: str) -> frozenset[str]:
    return frozenset(word.casefold() for text in texts for word in _WORD.findall(text))


def _ending(path: Path) -> str:
    """Return a file name's endings as far as they say its format: `.csv.gz`."""
    return "".join(end for end in path.suffixes if end[1:].casefold() in _formats())
