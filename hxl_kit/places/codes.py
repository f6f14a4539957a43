"""P-codes as providers write them: other country letters, lost or added zeros, lower case, look-alike letters.

A code is converted where exactly one unit of its country and level can be meant. Codes of other systems (ISO 3166-2
`SY-HL`, GADM `SYR.1_1`) are none of these. Formats: Global P-code lengths (data.humdata.org/dataset/global-pcodes)
and what providers were seen to do; the lengths are taken from the gazetteer itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.code_forms import written_forms
from hxl_kit.standard.codelists import crosswalk

if TYPE_CHECKING:
    from hxl_kit.places.gazetteer import Gazetteer

LEVEL = ("location_code", "level")
QUERY = (*LEVEL, "given")
LOOK_ALIKE = {"O": "0", "I": "1", "L": "1", "|": "1"}
NUMBER = r"\A\s*\d+\.0+\s*\z"
WHITE = r"[\s\u200b-\u200f\u2060\ufeff]+"
SHOWN = 3
ANSWER = (*QUERY, "code", "how", "reason")


def convert_codes(queries: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Return the P-codes that a provider's codes stand for.

    Args:
        queries: location_code, level, given (the code as the provider writes it).
        gazetteer: the units to find.

    Returns:
        The rows of `queries` in their order with code (null where no unit or more than one can be meant), how
        ("as given", or what was changed, such as "country letters, leading zeros"; else empty) and reason (why there
        is no code; else empty).
    """
    typed = queries.with_columns(pl.col("level").cast(pl.UInt8), pl.col("given").cast(pl.String))
    asked = typed.select(QUERY).drop_nulls().unique().with_columns(clean=_cleaned())
    units = gazetteer.units.join(asked, on="location_code", how="semi").select(*LEVEL, "code", "parent_code")
    exact = _exact(asked, units)
    others = asked.join(exact, on=QUERY, how="anti")
    answers = pl.concat([exact.select(ANSWER), _converted(others, units, gazetteer.former).select(ANSWER)])
    found = typed.join(answers, on=QUERY, how="left", maintain_order="left")
    return found.with_columns(pl.col("how", "reason").fill_null(""))


def _cleaned() -> pl.Expr:
    """Return a code in capitals without white space, and without the ".0" of a number."""
    text = pl.col("given").str.normalize("NFKC").str.replace_all(WHITE, "").str.to_uppercase()
    return text.str.replace(r"\A(\d+)\.0+\z", "${1}")


def _exact(asked: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Return the queries that are codes of their level, if need be in another letter case and with white space."""
    given = units.select(*LEVEL, "code", given="code")
    clean = units.select(*LEVEL, "code", clean=pl.col("code").str.to_uppercase())
    same = asked.join(given, on=QUERY).with_columns(how=pl.lit("as given"))
    rest = asked.join(same, on=QUERY, how="anti").join(clean, on=[*LEVEL, "clean"])
    alone = rest.filter(pl.len().over(QUERY) == 1).with_columns(how=_changes())
    found = pl.concat([same.select(*QUERY, "code", "how"), alone.select(*QUERY, "code", "how")])
    return found.with_columns(reason=pl.lit(""))


def _changes(others: dict[str, pl.Expr] | None = None, *forms: pl.Expr) -> pl.Expr:
    """Return what was changed to get from a query to its code, in plain words."""
    is_number = pl.col("given").str.contains(NUMBER)
    changes = {
        "number": is_number,
        "letter case or spaces": (pl.col("clean") != pl.col("given")) & ~is_number,
        **(others or {}),
    }
    told = [pl.when(changed).then(pl.lit(words)) for words, changed in changes.items()]
    return pl.concat_str(*told, *forms, separator=", ", ignore_nulls=True)


def _converted(asked: pl.DataFrame, units: pl.DataFrame, former: pl.DataFrame) -> pl.DataFrame:
    """Return each query with the only code that it can be a form of, or with the reason why there is none."""
    forms = written_forms(units.join(asked, on="location_code", how="semi"), asked)
    bodies = _bodies(asked, forms)
    hits = bodies.join(forms, left_on=[*LEVEL, "body"], right_on=[*LEVEL, "written"])
    best = hits.filter(pl.col("order") == pl.col("order").min().over(QUERY)).sort("code")
    found = best.group_by(QUERY).agg(
        pl.col("code").unique(maintain_order=True), pl.col("order").first(), _how()
    )
    of_level = _other_levels(asked, bodies, units, forms)
    answers = asked.join(found, on=QUERY, how="left").join(of_level, on=QUERY, how="left")
    answers = answers.join(_renamed(former), on=QUERY, how="left")
    return answers.with_columns(_reason()).with_columns(
        code=pl.when(pl.col("reason") == "").then(pl.col("code").list.first()),
        how=pl.when(pl.col("reason") == "").then("how").otherwise(pl.lit("")),
    )


def _bodies(asked: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Return what stands behind the country's letters in each query, once for each way to read it.

    The letters are the gazetteer's, those of ISO 3166-1, or missing before a number. Look-alike letters are read as
    digits where the codes of the country have nothing but digits.
    """
    levels = forms.group_by(LEVEL).agg(
        pl.col("letters").first(), digits=pl.col("written").str.contains(r"\A\d+\z").all()
    )
    iso2 = {code: two.upper() for two, code in crosswalk("iso2-location").pairs}
    two = pl.col("location_code").replace_strict(iso2, default=None, return_dtype=pl.String)
    known = levels.with_columns(
        prefix=pl.concat_list("letters", two, "location_code", pl.lit("")).list.unique()
    )
    read = asked.join(known.explode("prefix"), on=LEVEL)
    is_prefix = pl.col("clean").str.starts_with(pl.col("prefix"))
    is_number = (pl.col("prefix") != "") | pl.col("clean").str.contains(r"\A\d+\z")
    read = read.filter(is_prefix & is_number).with_columns(
        behind=pl.col("clean").str.strip_prefix(pl.col("prefix"))
    )
    alike = pl.col("behind").str.replace_many([*LOOK_ALIKE], [*LOOK_ALIKE.values()])
    return read.with_columns(body=pl.when("digits").then(alike).otherwise("behind")).drop("letters")


def _how() -> pl.Expr:
    """Return what was changed to get from a query to the code, in plain words."""
    others = {
        "country letters": pl.col("prefix") != pl.col("letters"),
        "look-alike letters": pl.col("body") != pl.col("behind"),
    }
    return _changes(others, pl.when(pl.col("form") != "").then("form")).first().alias("how")


def _other_levels(
    asked: pl.DataFrame, bodies: pl.DataFrame, units: pl.DataFrame, forms: pl.DataFrame
) -> pl.DataFrame:
    """Return the queries that are codes of another level of their country, with that level."""
    same = asked.join(
        units.select("location_code", clean="code", other="level"), on=["location_code", "clean"]
    )
    own = forms.filter(pl.col("order") == 0).select("location_code", body="written", other="level")
    read = bodies.filter(pl.col("prefix") != "").join(own, on=["location_code", "body"])
    every = pl.concat([same.select(*QUERY, "other"), read.select(*QUERY, "other")])
    return every.filter(pl.col("other") != pl.col("level")).group_by(QUERY).agg(pl.col("other").min())


def _renamed(former: pl.DataFrame) -> pl.DataFrame:
    """Return what units were called whose codes are no longer in use."""
    was = pl.format("was {} in {}; the newest release has no such unit", "name", "release")
    return former.select(*LEVEL, given="code", was=was).unique(QUERY)


def _reason() -> pl.Expr:
    """Return why a query has no code; "" where it has one."""
    several = pl.col("code").list.len() > 1
    listed = pl.col("code").list.head(SHOWN).list.join(", ")
    more = pl.when(pl.col("code").list.len() > SHOWN).then(pl.lit(" and others")).otherwise(pl.lit(""))
    other = pl.col("other").is_not_null() & (pl.col("order").fill_null(1) > 0)
    return (
        pl.when(pl.col("was").is_not_null())
        .then("was")
        .when(other)
        .then(pl.format("is a code of level {}", "other"))
        .when(several)
        .then(pl.format("may be {}{}", listed, more))
        .when(pl.col("code").is_null())
        .then(pl.format("no unit of {} at level {} has this code", *LEVEL))
        .otherwise(pl.lit(""))
        .alias("reason")
    )
