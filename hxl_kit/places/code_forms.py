"""The ways in which a unit's P-code may be written, behind the country's letters.

A P-code is the country's letters and a part for each level: `NE|001|002`. Providers write the parts wider or
narrower (`NE|01|02`), without leading zeros (`1|2`), or lose the zeros of the whole when a spreadsheet takes it for a
number (`1002`).
"""

from __future__ import annotations

from itertools import takewhile
from string import ascii_uppercase

import polars as pl

from hxl_kit.standard.codelists import crosswalk

LEVEL = ["location_code", "level"]
COLUMNS = (*LEVEL, "code", "letters", "written", "form")
WIDEST = 3
"""Parts are tried up to this width, or one more than the gazetteer's."""

OWN, ZEROS, PADDED = "", "leading zeros", "padded level"
ORDER = {OWN: 0, ZEROS: 1, PADDED: 1}
_PART = r"^([A-Z]*)0*([0-9]*)$"


def with_letters(units: pl.DataFrame) -> pl.DataFrame:
    """Return units with `letters`, the country's letters before their codes; null where the codes begin otherwise.

    Those of Iraq are IQG, of Lesotho LS: the letters that all codes of a level share, if they begin with the country's.
    """
    ends = units.group_by(LEVEL).agg(first=pl.col("code").min(), last=pl.col("code").max())
    iso2 = {code: two.upper() for two, code in crosswalk("iso2-location").pairs}
    shared = [_shared(first, last) for first, last in ends.select("first", "last").iter_rows()]
    known = ends.select(
        *LEVEL,
        pl.Series("letters", shared, pl.String),
        two=pl.col("location_code").replace_strict(iso2, default=None, return_dtype=pl.String),
    )
    country = pl.any_horizontal(
        pl.col("letters").str.starts_with(pl.col(part)) for part in ("two", "location_code")
    )
    is_letters = pl.col("letters").str.contains(r"\A[A-Z]+\z") & country
    known = known.select(*LEVEL, pl.when(is_letters).then("letters"))
    return units.join(known, on=LEVEL, how="left", maintain_order="left")


def _shared(first: str, last: str) -> str:
    """Return the letters that both codes begin with; those of the first and the last of a list are of all of them."""
    same = "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
    return same.rstrip("0123456789")


def written_forms(units: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Return how the codes of units may be written behind the country's letters.

    Args:
        units: location_code, level, code, parent_code; all levels of each country.
        asked: location_code, level: of which units other forms than their own are wanted.

    Returns:
        location_code, level, code, letters, written, form ("" its own, else what was changed), order (0 its own).
    """
    every = _parts(with_letters(units).filter(pl.col("letters").is_not_null()))
    own = every.with_columns(written=pl.col("parts").list.join(""), form=pl.lit(OWN))
    parts = every.join(asked, on=LEVEL, how="semi")
    forms = pl.concat([part.select(COLUMNS) for part in (own, *_without_zeros(parts), _padded(parts))])
    order = pl.col("form").replace_strict(ORDER, return_dtype=pl.UInt8)
    once = [*LEVEL, "code", "written"]
    return forms.with_columns(order=order).unique(once, keep="first", maintain_order=True)


def _without_zeros(parts: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the codes without the leading zeros of every part, of the first part, and of the whole as a number."""
    plain = pl.col("parts").list.eval(_plain(pl.element()))
    rest = pl.col("parts").list.slice(1).list.join("")
    number = pl.col("parts").list.join("").str.strip_chars_start("0")
    written = (plain.list.join(""), plain.list.first() + rest, number)
    return [parts.with_columns(written=text, form=pl.lit(ZEROS)) for text in written]


def _plain(part: pl.Expr) -> pl.Expr:
    """Return a part without leading zeros, `D001` as `D1`; of nothing but zeros, one is left."""
    digits = part.str.extract(_PART, 2)
    zero = pl.when(part.str.ends_with("0") & (digits == "")).then(pl.lit("0")).otherwise(pl.lit(""))
    return pl.concat_str(part.str.extract(_PART, 1), digits, zero)


def _parts(units: pl.DataFrame) -> pl.DataFrame:
    """Return units with `parts`, what each level adds to the code of the one above, behind the letters."""
    behind = pl.col("code").str.strip_prefix(pl.col("letters"))
    parts = units.with_columns(parts=pl.concat_list(behind))
    for level in sorted(set(units["level"])):
        above = parts.filter(pl.col("level") < level)
        above = above.select("location_code", parent_code="code", above="parts", letters="letters")
        known = parts.join(
            above, on=["location_code", "parent_code", "letters"], how="left", maintain_order="left"
        )
        inside = (pl.col("level") == level) & pl.col("code").str.starts_with(pl.col("parent_code"))
        own = pl.concat_list(pl.col("code").str.strip_prefix(pl.col("parent_code")))
        nested = pl.when(inside & pl.col("above").is_not_null()).then(pl.concat_list("above", own))
        parts = known.with_columns(parts=nested.otherwise("parts")).drop("above")
    return parts


def _padded(parts: pl.DataFrame) -> pl.DataFrame:
    """Return the codes with each part at every width that holds the numbers of all its neighbours."""
    forms = parts.with_columns(written=pl.lit(""), form=pl.lit(PADDED), count=pl.col("parts").list.len())
    for place in range(int(forms.select(pl.col("count").max().fill_null(0)).item())):
        part = pl.col("parts").list.get(place, null_on_oob=True)
        letters, digits = part.str.extract(_PART, 1), _plain(part).str.strip_chars_start(ascii_uppercase)
        within = pl.col("parts").list.head(place).list.join("|")
        needed = digits.str.len_chars().max().over("location_code", "level", "count", within)
        own = part.str.len_chars() - letters.str.len_chars()
        widest = pl.when(own > 0).then(pl.max_horizontal(own + 1, pl.lit(WIDEST)))
        wide = forms.with_columns(width=pl.int_ranges(needed, widest + 1)).explode("width")
        padded = pl.concat_str(letters, digits.str.zfill(pl.coalesce("width", 0)))
        text = pl.when(part.is_not_null()).then(pl.col("written") + padded).otherwise("written")
        forms = wide.with_columns(written=text).drop("width")
    return forms
