"""Which slips lie between two spellings of a name: some are made every day, others make the name of another place.

After the noisy channel of Kernighan, Church and Gale, "A spelling correction program based on a noisy channel model"
(COLING 1990): letters left out, put in, changed or swapped, by kind. The kinds that keyboards and transliterations
bring about (the key beside it, a letter of much the same sound, a doubled letter, a vowel, an H) are told from all
others; which letters those are is in `schemas/words/place_slips.csv`.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl
from rapidfuzz.distance import Levenshtein

from hxl_kit.places.matching.folding import MARK
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

SLIPS = (
    "swapped", "doubled", "aitch", "vowel_more", "vowel_less", "vowel_changed", "key_beside", "like_sound", "letter_changed",
    "letter_more", "letter_less", "other_sign", "at_start", "at_end",
)  # fmt: skip
"""The kinds of slips, seen from the unit's name, and how many of them are of its first and of its last letter."""

SHORTENINGS = ("shortened", "kept")
"""Whether words are cut short in one of two spellings ("E. Shewa", "Moh. Agha"), and how many letters the others have."""

_Step = tuple[str, int, int]
_Slip = tuple[str, bool, bool]


def slips(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return for pairs of spellings (ours, theirs) the number of slips of each kind in ours, a column per kind."""
    counts = [_counted(*spellings) for spellings in pairs.select("ours", "theirs").rows()]
    return pl.DataFrame(counts, schema=dict.fromkeys(SLIPS, pl.Float64), orient="row")


def shortenings(ours: pl.Series, theirs: pl.Series) -> pl.DataFrame:
    """Return for pairs of names the columns of SHORTENINGS; a name of which all words are cut is not taken for one."""
    kept = [_kept(one.split(), other.split()) for one, other in zip(ours, theirs, strict=True)]
    found = pl.DataFrame({"letters": kept}, schema={"letters": pl.Float64})
    return found.select(shortened=(pl.col("letters") > 0).cast(pl.Float64), kept=pl.col("letters").log1p())


def _kept(ours: list[str], theirs: list[str]) -> int:
    """Return how many letters the words have that are the same, if all others of the one are the other's cut short."""
    if len(ours) != len(theirs) or ours == theirs:
        return 0
    shorter, longer = sorted((ours, theirs), key=lambda words: sum(map(len, words)))
    starts = all(
        whole.startswith(word) or whole.removeprefix(MARK).startswith(word.removeprefix(MARK))
        for word, whole in zip(shorter, longer, strict=True)
    )
    return sum(len(word) for word, whole in zip(ours, theirs, strict=True) if word == whole) * starts


def _counted(ours: str, theirs: str) -> list[float]:
    counts = dict.fromkeys(SLIPS, 0.0)
    for kind, at_start, at_end in _slips(ours, theirs):
        counts[kind] += 1
        counts["at_start"] += at_start
        counts["at_end"] += at_end
    return list(counts.values())


def _slips(ours: str, theirs: str) -> Iterator[_Slip]:
    """Yield each slip with whether it is of the first and of the last letter."""
    steps = [(step.tag, step.src_pos, step.dest_pos) for step in Levenshtein.editops(theirs, ours)]
    at = 0
    while at < len(steps):
        step, following = steps[at], steps[at + 1 : at + 2]
        _, there, _ = step
        if following and _swap(step, following[0], ours, theirs):
            yield "swapped", there == 0, there + 2 == len(theirs)
            at += 2
        else:
            yield _kind(step, ours, theirs), _first(step), _last(step, ours, theirs)
            at += 1


def _first(step: _Step) -> bool:
    how, there, here = step
    return here == 0 if how == "insert" else there == 0 or (how == "replace" and here == 0)


def _last(step: _Step, ours: str, theirs: str) -> bool:
    how, there, here = step
    of_ours, of_theirs = here + 1 == len(ours), there + 1 == len(theirs)
    return {"insert": of_ours, "delete": of_theirs}.get(how, of_ours or of_theirs)


def _swap(step: _Step, following: _Step, ours: str, theirs: str) -> bool:
    """Return whether two steps have swapped two letters that follow each other."""
    (how, there, here), (then, there_then, here_then) = step, following
    if how == then == "replace":
        beside = (there_then, here_then) == (there + 1, here + 1)
        return beside and theirs[there : there + 2] == ours[here : here + 2][::-1]
    if (how, then) == ("insert", "delete"):
        return there_then == there + 1 and ours[here] == theirs[there_then]
    return (how, then) == ("delete", "insert") and here_then == here + 1 and theirs[there] == ours[here_then]


def _kind(step: _Step, ours: str, theirs: str) -> str:
    how, there, here = step
    if how == "replace":
        return _changed(theirs[there], ours[here])
    text, place = (ours, here) if how == "insert" else (theirs, there)
    letter, side = text[place], "more" if how == "insert" else "less"
    if letter in {text[place - 1 : place], text[place + 1 : place + 2]}:
        return "doubled"
    if letter == "h":
        return "aitch"
    if letter in _vowels():
        return f"vowel_{side}"
    return f"letter_{side}" if letter.isalpha() else "other_sign"


def _changed(theirs: str, ours: str) -> str:
    if theirs in _vowels() and ours in _vowels():
        return "vowel_changed"
    if (theirs, ours) in _pairs("sound"):
        return "like_sound"
    return "key_beside" if (theirs, ours) in _pairs("keys") else "letter_changed"


@cache
def _letters(kind: str) -> tuple[str, ...]:
    rows = pl.read_csv(schemas.path_of("words", "place_slips.csv"), infer_schema=False)
    return tuple(rows.filter(pl.col("kind") == kind)["letters"])


@cache
def _vowels() -> frozenset[str]:
    return frozenset("".join(_letters("vowel")))


@cache
def _pairs(kind: str) -> frozenset[tuple[str, str]]:
    """Return the pairs of letters that are taken for each other: all of one sound, or of keys beside each other."""
    rows = _letters(kind)
    if kind == "keys":
        beside = [pair for row in rows for pair in pairwise(row)]
        # A key touches two of the row above it: S touches W and E.
        beside += [
            (low, high)
            for above, row in pairwise(rows)
            for i, low in enumerate(row)
            for high in above[i : i + 2]
        ]
        return frozenset(beside + [pair[::-1] for pair in beside])
    return frozenset((one, other) for row in rows for one in row for other in row if one != other)
