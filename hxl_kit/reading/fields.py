"""The heading of a table whose columns have names of their own (keys, fields), not a row of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hxl_kit.reading.hashtags import HashtagRow, faulty_hashtags, find_hashtag_row
from hxl_kit.reading.headings import Heading, heading
from hxl_kit.reading.table import Doubt

if TYPE_CHECKING:
    from collections.abc import Sequence


def field_heading(label: str, names: Sequence[str], first: Sequence[str | None]) -> Heading:
    """Return the heading of named columns: their tags are the names themselves, or in the first record.

    Raises:
        InputError: two names are the same.
    """
    found = find_hashtag_row([names, first])
    if found and found.index:
        return heading(label, [names], 0, HashtagRow(0, tuple(names), found.tags))
    plain = replace(heading(label, [names], 0, None), first_row=1)
    if found is None:
        return plain
    # What was doubted was that the names are no hashtags: they are, or these are what is wrong with them.
    sure = [note for note in plain.notes if not isinstance(note, Doubt)]
    doubts = map(Doubt, faulty_hashtags([names], found))
    return replace(plain, tags=found.tags, notes=(*sure, "the column names are the hashtags", *doubts))
