"""Names in the scripts of the world: which script a name is in, and how it reads in Latin letters.

Letters whose reading depends on the field's usage are in `schemas/words/place_letters.csv` (Arabic, where short
vowels are not written and hamza and ain are left out in English; Ukrainian's H); all others read as anyascii has it.
"""

from __future__ import annotations

from functools import cache

import polars as pl
from anyascii import anyascii

from hxl_kit.standard import schemas

LATIN = "Latn"
ARABIC = "Arab"
SCRIPTS = {
    "Arab": "Arabic", "Cyrl": "Cyrillic", "Hebr": "Hebrew", "Mymr": "Myanmar", "Geor": "Georgian", "Armn": "Armenian",
    "Ethi": "Ethiopic", "Deva": "Devanagari", "Beng": "Bengali", "Grek": "Greek", "Hani": "Han", "Thai": "Thai",
    "Khmr": "Khmer", "Laoo": "Lao", "Sinh": "Sinhala", "Taml": "Tamil", "Hang": "Hangul", "Thaa": "Thaana",
    "Tibt": "Tibetan", "Mong": "Mongolian", "Tfng": "Tifinagh", "Gujr": "Gujarati", "Guru": "Gurmukhi",
}  # fmt: skip
"""ISO 15924 codes of the scripts told apart, and their names in Unicode."""

_SAME_IN_ARABIC = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه",
    "ھ": "ه", "ؤ": "و", "ئ": "ي", "ء": "", "ـ": "", "\u200c": " ", "\u200d": "", "\u200f": "", "\u200e": "",
}  # fmt: skip
_APOSTROPHES = r"['`´’‘ʼʻʿʾ′]"
_MARKS_OF_READING = r"[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]"


def script(names: pl.Expr) -> pl.Expr:
    """Return the ISO 15924 code of the script of a name's first letter that is not Latin; Latn if there is none."""
    found = pl.lit(LATIN)
    for code, name in SCRIPTS.items():
        found = pl.when(names.str.contains(rf"[\p{{{name}}}&&\p{{L}}]")).then(pl.lit(code)).otherwise(found)
    return found


def plain(written: pl.Series) -> pl.Series:
    """Return names in small letters without accents and punctuation, those of native scripts in their own letters."""
    rows = written.rename("written").to_frame().with_columns(script=script(pl.col("written")))
    latin = pl.col("script") == LATIN
    bare = pl.col("written").str.to_lowercase().str.replace_all(_APOSTROPHES, "")
    accents = bare.str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    rows = rows.with_columns(plain=pl.when(latin).then(accents).otherwise(native(bare)))
    odd = rows.filter(latin & pl.col("plain").str.contains(r"[^\x00-\x7f]"))["plain"].unique()
    rows = rows.with_columns(pl.col("plain").replace(odd, [anyascii(name).lower() for name in odd]))
    spaced = pl.col("plain").str.replace_all("&", " and ").str.replace_all(r"[^\p{L}\p{N}\p{M}]+", " ")
    # A mark without its letter is none.
    whole = spaced.str.replace_all(r"(^|\s)\p{M}+", "$1").str.replace_all(r"\s+", " ")
    return rows.select(whole.str.strip_chars().alias("plain"))["plain"]


def native(written: pl.Expr) -> pl.Expr:
    """Return names in their own script without marks of reading, variants of letters and the Arabic article."""
    bare = written.str.replace_all(_MARKS_OF_READING, "")
    same = bare.str.replace_many(list(_SAME_IN_ARABIC), list(_SAME_IN_ARABIC.values()))
    return same.str.replace_all("ё", "е").str.replace_all(r"(^|[\s\-(])(?:و\s*)?ال(\p{Arabic}{2})", "$1$2")


def romanised(rows: pl.DataFrame) -> pl.Series:
    """Return words (`word`, `script`, `location_code`) in Latin letters, those of native scripts as they read there."""
    key = ["word", "script", "location_code"]
    foreign = rows.filter(pl.col("script") != LATIN).select(key).unique()
    if not foreign.height:
        return rows["word"]
    read = [
        part.with_columns(latin=_read(part["word"], str(code), str(place)))
        for (code, place), part in foreign.partition_by("script", "location_code", as_dict=True).items()
    ]
    found = rows.select(key).join(pl.concat(read), on=key, how="left", maintain_order="left")
    return found.select(pl.coalesce("latin", "word").alias("latin"))["latin"]


def _read(words: pl.Series, script: str, location_code: str) -> pl.Series:
    if script == ARABIC:
        # A final ة is not heard as an H; which vowel a first ا stands for is not written.
        words = words.str.replace("ه$", "").str.replace("^ا", "")
    table = _letters(script, location_code)
    if table:
        words = words.to_frame("word").select(pl.col("word").str.replace_many(table))["word"]
    return words.map_elements(
        lambda word: anyascii(word).lower().replace("'", "").replace("`", ""), pl.String
    )


@cache
def _letters(script: str, location_code: str) -> dict[str, str]:
    """Return how letters of a script read in Latin ones where the country's usage is not anyascii's."""
    rows = pl.read_csv(schemas.path_of("words", "place_letters.csv"), infer_schema=False).fill_null("")
    own = rows.filter(pl.col("script") == script, pl.col("location_code").is_in(["", location_code]))
    return dict(own.sort("location_code").select("letter", "latin").rows())
