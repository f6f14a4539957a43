"""Names in one script compared with names in another by how they sound.

Scripts such as Arabic leave short vowels out, and each transliteration writes them as it hears them: the consonants
must be the same, or nearly so in long names; the vowels that are written decide between units of the same consonants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, LCSseq
from rapidfuzz.process import cpdist

from hxl_kit.places.matching.candidates import nearest
from hxl_kit.places.matching.folding import MARK, bones
from hxl_kit.places.matching.known import agreeing
from hxl_kit.places.matching.scoring import among, likely
from hxl_kit.places.matching.scripts import ARABIC, LATIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from hxl_kit.places.matching.known import Known

HEARD = ("consonants", "ours_found", "theirs_found", "few", "heard_among")
"""What is weighed: the consonants, each name's sounds found in the other, how short it is, among how many units."""


def heard(group: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return the scored pairs of queries in one native script and names in Latin letters.

    Returns:
        query, row, code, inside and score.
    """
    names = known.names.with_row_index("row").filter(pl.col("script") == LATIN)
    ours, theirs = _heard(group), _heard(names, str(group["script"].first()))
    pairs = nearest(ours, theirs, ("bones",))
    pairs = pairs.join(
        ours.select("query", "parent_code", "key", "bones", "words", our_classes="classes"),
        on="query",
        maintain_order="left",
    )
    pairs = pairs.join(
        theirs.select(
            "row", "code", "within", "classes", their_words="words", their_key="key", their_bones="bones"
        ),
        on="row",
    )
    pairs = pairs.filter(
        agreeing(known.telling, "our_classes", "classes"), _marks("words") == _marks("their_words")
    )
    inside = pl.col("parent_code").is_null() | pl.col("within").list.contains(pl.col("parent_code"))
    pairs = heard_alike(pairs.with_columns(inside=inside, among=among(pairs, known.names)))
    return pairs.with_columns(score=likely(HEARD, "heard"))


def _marks(words: str) -> pl.Expr:
    return pl.col(words).list.filter(pl.element().str.starts_with(MARK)).list.sort()


def _heard(forms: pl.DataFrame, other: str = LATIN) -> pl.DataFrame:
    """Return forms with what Arabic does not tell apart made the same: W is a vowel or not, and seldom a V."""
    if ARABIC not in {other, str(forms["script"].first())}:
        return forms
    key = pl.col("key").str.replace_all("v", "u", literal=True).str.replace_all("p", "b", literal=True)
    return forms.with_columns(key=key).with_columns(bones=bones(pl.col("key")))


def heard_alike(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs (key, their_key, bones, their_bones) with the columns of HEARD."""
    ours, theirs = pairs["key"].to_list(), pairs["their_key"].to_list()
    common = _each(LCSseq.similarity, ours, theirs)
    length = pl.col("bones").str.len_chars().clip(1, None).cast(pl.Float64)
    return pairs.with_columns(
        consonants=pl.Series(
            _each(OSA.normalized_similarity, pairs["bones"].to_list(), pairs["their_bones"].to_list())
        ),
        ours_found=pl.Series(common) / pl.col("key").str.len_chars().clip(1, None),
        theirs_found=pl.Series(common) / pl.col("their_key").str.len_chars().clip(1, None),
        few=1 / length,
        heard_among=pl.col("among").cast(pl.Float64).log(),
    )


def _each(scorer: Callable[..., float], ours: list[str], theirs: list[str]) -> np.ndarray:
    return cpdist(ours, theirs, scorer=scorer, dtype=np.float32).astype(np.float64)
