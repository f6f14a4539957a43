"""The rows of a sheet as figures and documents: what each measure, phrase, place and publisher says, looked up once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.constraints import field_rules
from hxl_kit.mapping import date, derived
from hxl_kit.sources._form_columns import identifier
from hxl_kit.sources.reported_figures._places import PLACE, place
from hxl_kit.sources.reported_figures._quantities import FIGURE, Said, figures
from hxl_kit.sources.reported_figures._vocabulary import meaning, source_types
from hxl_kit.standard.codelists import crosswalk
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hxl_kit.sources.layout import Reshape

_VIA = r"^(.+?)\s+via\s+(.+)$"
_BESIDE = r"^([^/]+?)\s*/\s*(.+)$"
_UNIT_OF_COUNTS = {"person": "people", "household": "households", "movement": "movements", "case": "cases"}
_KEY = ("measure", "geo_text", "pcode_guess", "country", "period_start", "period_end", "raw_phrase")


def folded(column: str) -> pl.Expr:
    """Return names as the tables of words have them: in lower case, without what stands after a colon."""
    return (
        pl.col(column)
        .str.extract(r"^([^:]*)")
        .str.strip_chars()
        .str.to_lowercase()
        .str.replace_all(r"[\s-]+", "_")
    )


def _cell(column: str) -> pl.Expr:
    return pl.col(column).fill_null("")


_UNADDRESSED = pl.concat_str(_cell("publisher"), _cell("title"), _cell("date_published"), separator="\x1f")
DOCUMENT_KEY = identifier("", [pl.coalesce(pl.col("url"), _UNADDRESSED)])
"""What names a document: its address, else its publisher, title and day."""
_NAMED = pl.col("url").is_not_null() | pl.col("publisher").is_not_null()
SOURCE_ID = derived(pl.when(_NAMED).then(pl.concat_str(pl.col("@source_id"), DOCUMENT_KEY, separator=":")))
"""The id of the document in `sources`; none where neither publisher nor address is given."""
FIGURE_ID = derived(
    pl.concat_str(
        pl.lit("reported_figures"),
        pl.coalesce(pl.col("id"), identifier("", [DOCUMENT_KEY, *(pl.col(name) for name in _KEY)])),
        separator=":",
    )
)
"""The id of a row's figure: the sheet's own, else what it is about. Never its place in the sheet."""


def figures_of(table_name: str) -> Reshape:
    """Return the reshape that gives the figures of one table; a row whose measure is unknown goes to casualties."""
    known = meaning("table")
    unknown = pl.col("@table").is_null() & pl.lit(table_name == "casualties")

    def reshape(frame: pl.LazyFrame) -> pl.LazyFrame:
        # Who publishes a document is told by all of its rows, whatever table they go to.
        rows = frame.with_columns(
            folded("measure").replace_strict(known, default=None, return_dtype=pl.String).alias("@table"),
            *_claimant(),
        ).filter(pl.col("raw_phrase").is_not_null() & ((pl.col("@table") == table_name) | unknown))
        return _figures(rows.collect()).lazy()

    return reshape


def _figures(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each figure of each row: its columns, what they mean, and the figure's own."""
    prepared = rows.with_columns(
        FIGURE_ID.alias("@id"),
        SOURCE_ID.alias("@document"),
        pl.col("measure").str.extract(r"^[^:]*:\s*(.+)$").alias("@actor"),
        folded("measure").alias("measure"),
        pl.col("measure").alias("@measure"),
    ).with_columns(
        pl.coalesce(
            pl.col("unit").str.to_lowercase().replace(crosswalk("reported_figures-unit").mapping),
            pl.col("measure").replace_strict(meaning("unit"), default=None, return_dtype=pl.String),
        ).alias("unit"),
        pl.col("geo_text").alias("@words"),
    )
    placed = _looked_up(prepared, ("pcode_guess", "geo_text", "country"), place, PLACE)
    return _with_quantities(_located(placed)).with_columns(
        pl.coalesce("@figure_unit", "unit").alias("unit"),
        pl.coalesce("@figure_unit", "unit")
        .replace_strict(_UNIT_OF_COUNTS, default="people")
        .alias("@counts"),
        pl.coalesce("@figure_category", "@category").alias("@category"),
        pl.concat_str("@id", pl.col("@figure_part"), separator=":", ignore_nulls=True).alias("@figure_id"),
        _overlap().alias("@overlap"),
    )


def _located(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the category that a measure has at such a place, and the place's country in its column."""
    by_place = rows["measure"].replace_strict(
        meaning("category_of_unit"), default=None, return_dtype=pl.String
    )
    plain = rows["measure"].replace_strict(meaning("category"), default=None, return_dtype=pl.String)
    is_unit = pl.col("@place_admin1_code").is_not_null()
    return rows.with_columns(by_place.alias("@by_place"), plain.alias("@category")).with_columns(
        pl.when(is_unit)
        .then(pl.coalesce("@by_place", "@category"))
        .otherwise("@category")
        .alias("@category"),
        pl.col("@place_location_code").alias("pcode_guess"),
    )


def _with_quantities(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each figure that the rows' words state: the total, then its parts."""
    said = rows.select("raw_phrase", "language", "unit", "disaggregation").iter_rows()
    found = [figures(Said(words or "", language, unit, added)) for words, language, unit, added in said]
    schema = pl.List(pl.Struct({f"@figure_{name}": kind for name, kind in FIGURE.items()}))
    named = [[{f"@figure_{name}": value for name, value in f.items()} for f in of_row] for of_row in found]
    return (
        rows.with_columns(pl.Series("@figures", named, dtype=schema)).explode("@figures").unnest("@figures")
    )


def _overlap() -> pl.Expr:
    """Return the sheet's own group, else one for all that a document says of one thing, place and period."""
    about = [
        DOCUMENT_KEY,
        *(
            folded("@measure").replace_strict(meaning(f), default="")
            for f in ("harm", "category", "indicator")
        ),
        *(pl.col(name) for name in ("@words", "period_start", "period_end")),
    ]
    return pl.coalesce(pl.col("overlap_group"), identifier("reported_figures:", about))


def _claimant() -> Iterable[pl.Expr]:
    """Yield who publishes a document and who states the figure: "OCHA via DNA", "OCHA / IDP Task Force"."""
    given = pl.col("publisher")
    publisher = pl.coalesce(given.str.extract(_VIA, 2), given.str.extract(_BESIDE, 1), given)
    stated = pl.coalesce(given.str.extract(_VIA, 1), given.str.extract(_BESIDE, 2))
    of_document = publisher.mode().sort().first().over(DOCUMENT_KEY)
    yield of_document.alias("@publisher")
    beside = pl.when(publisher != of_document).then(publisher)
    yield pl.coalesce(pl.col("claimed_by"), stated, beside).alias("@claimed_by")


def documents(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return each document that the rows name once; as row 0 it stands for all, whichever of them are rejected."""
    rows = frame.filter(_NAMED).with_columns(SOURCE_ID.alias("@document"), *_claimant()).filter(~_broken())
    return (
        rows.sort("@document", "title", "date_published", nulls_last=True)
        .unique("@document", keep="first", maintain_order=True)
        .with_columns(
            pl.lit(0, pl.UInt32).alias("@row"),
            pl.coalesce(
                pl.col("source_type"),
                pl.col("@publisher").replace_strict(source_types(), default="other", return_dtype=pl.String),
            ).alias("source_type"),
            pl.col("redistribution").fill_null("attribution"),
            pl.col("access").fill_null("restricted"),
        )
    )


def _broken() -> pl.Expr:
    """Return whether a row's cells about its document break a rule: such a row is rejected and names none."""
    owner = table("sources")
    rules = [
        rule.violated & pl.col(name).is_not_null()
        for name in ("url", "language", "source_type", "redistribution", "access")
        for rule in field_rules(owner, owner[name])
    ]
    undated = pl.col("date_published").is_not_null() & date("date_published").is_null()
    return pl.any_horizontal(undated, *(rule.fill_null(value=False) for rule in rules))


def _looked_up(
    rows: pl.DataFrame,
    columns: tuple[str, ...],
    look_up: Callable[..., dict[str, str | None]],
    schema: Mapping[str, type[pl.DataType]],
) -> pl.DataFrame:
    """Return the rows with what each distinct combination of cells means beside them, as `@place_<name>`."""
    distinct = rows.select(columns).unique()
    found = [look_up(*cells) for cells in distinct.iter_rows()]
    meant = pl.DataFrame(found, schema=schema).rename({name: f"@place_{name}" for name in schema})
    return rows.join(
        pl.concat([distinct, meant], how="horizontal"),
        on=list(columns),
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
