"""The columns of a sheet of reported figures and the maps to figures, documents and claims."""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, date, derived, folded_code, joined, text
from hxl_kit.sources._blocks import country
from hxl_kit.sources.definition import Expectation, Layout, TableMap
from hxl_kit.sources.reported_figures._places import UNKNOWN
from hxl_kit.sources.reported_figures._rows import FIGURE_ID, SOURCE_ID, documents, figures_of, folded
from hxl_kit.sources.reported_figures._vocabulary import meaning
from hxl_kit.standard.tables import table

_START, _END = date("period_start"), date("period_end")
_HAS_DATE = text("period_start").is_not_null() | text("period_end").is_not_null()
_IS_PART = pl.col("@figure_part").is_not_null()
_IS_ORIGIN = text("measure") == "displaced_from"
_LOCATION = pl.when(text("pcode_guess") != UNKNOWN).then(text("pcode_guess"))
_IS_INTERNAL = pl.col("@category").is_in(
    ["new_displacement", "secondary_displacement", "idps", "idps_in_collective_sites", "idp_returns"]
)


def _meant(field: str, table: str) -> pl.Expr:
    return text("measure").replace_strict(meaning(field, table), default=None, return_dtype=pl.String)


def _of(name: str) -> pl.Expr:
    """Return a column that the reshape made, whose null says that there is none."""
    return derived(pl.col(f"@{name}"))


def _where(condition: pl.Expr, then: str, otherwise: str) -> pl.Expr:
    return derived(pl.when(condition).then(pl.lit(then)).otherwise(pl.lit(otherwise)))


def _here(name: str) -> pl.Expr:
    """Return a field of the place, unless it is where people came from."""
    return derived(pl.when(~_IS_ORIGIN).then(pl.col(f"@{name}")))


def _there(name: str) -> pl.Expr:
    """Return a field of the place, if it is where people came from."""
    return derived(pl.when(_IS_ORIGIN).then(pl.col(f"@{name}")))


_PLACE = {
    **country(_LOCATION),
    **{
        f"admin{level}_{what}": _here(f"place_admin{level}_{what}")
        for level in (1, 2)
        for what in ("code", "name")
    },
    "place_name": _here("words"),
    "geo_precision": derived(
        pl.when(_IS_ORIGIN & _LOCATION.is_not_null())
        .then(pl.lit("country"))
        .otherwise(pl.col("@place_geo_precision"))
    ),
    # The codes are those that the keeper of the sheet chose for the words.
    "pcode_method": _where(pl.col("@place_admin1_code").is_not_null(), "reviewed", "none"),
    "pcode_release": _of("place_pcode_release"),
}
_FIGURE = {
    "figure_id": _of("figure_id"),
    "source_id": _of("document"),
    "claimed_by": _of("claimed_by"),
    "quantity_text": _of("figure_quantity_text"),
    **{
        name: _of(f"figure_{name}")
        for name in ("value", "value_low", "value_high", "qualifier", "bounds_basis")
    },
    "unit": text("unit"),
    "date_precision": _where(_HAS_DATE, "day", "unknown"),
    "role": derived(
        pl.when(_IS_PART).then(pl.lit("triangulation")).otherwise(text("role").fill_null("triangulation"))
    ),
    "overlap_group": _of("overlap"),
    "sex": _of("figure_sex"),
    "age_group": _of("figure_age_group"),
    **_PLACE,
}

_CASUALTIES = TableMap(
    "casualties",
    {
        **_FIGURE,
        # A measure that is not known stays as it is: its reason then names it and the nearest.
        "harm": text("measure").replace(meaning("harm", "casualties")),
        "person_status": derived(_meant("person_status", "casualties").fill_null("unknown")),
        "population_group": text("population_group").fill_null("all"),
        "cause": text("cause"),
        "weapon": text("weapon"),
        "alleged_perpetrator": derived(pl.coalesce(text("alleged_perpetrator"), pl.col("@actor"))),
        "date_start": _START,
        "date_end": _END,
        # From a first day to a last one: later figures of a document mostly contain earlier ones.
        "counting": derived(
            pl.coalesce(
                text("counting"), pl.when(_START == _END).then(pl.lit("incident")), pl.lit("cumulative")
            )
        ),
    },
    reshape=figures_of("casualties"),
)

_FLOW = text("measure").replace_strict(meaning("flow"), default=None, return_dtype=pl.String)
_IS_STOCK = (_FLOW == "stock").fill_null(value=False)
_WHEN = {
    "as_of": derived(pl.when(_IS_STOCK).then(pl.coalesce(_END, _START))),
    "date_start": derived(pl.when(~_IS_STOCK).then(_START)),
    "date_end": derived(pl.when(~_IS_STOCK).then(_END)),
}
_DISPLACEMENT = TableMap(
    "displacement",
    {
        **_FIGURE,
        "measure": derived(_FLOW),
        "category": _of("category"),
        "cause": text("cause"),
        "counts": _of("counts"),
        **_WHEN,
        "origin_location_code": derived(pl.when(_IS_ORIGIN | _IS_INTERNAL).then(_LOCATION)),
        "origin_admin1_code": _there("place_admin1_code"),
        "origin_admin1_name": _there("place_admin1_name"),
        "provider_origin_name": _there("words"),
    },
    reshape=figures_of("displacement"),
)

_INDICATORS = TableMap(
    "indicators",
    {**_FIGURE, "indicator": derived(_meant("indicator", "indicators")), **_WHEN},
    reshape=figures_of("indicators"),
)

_DOCUMENTS = TableMap(
    "sources",
    {
        "source_id": _of("document"),
        "title": text("title"),
        "publisher": _of("publisher"),
        "source_type": text("source_type"),
        "date_published": date("date_published"),
        "date_precision": _where(text("date_published").is_not_null(), "day", "unknown"),
        "url": text("url"),
        "language": text("language"),
        "redistribution": text("redistribution"),
        "access": text("access"),
    },
    reshape=documents,
)

_STANCES = {"denied_by": "denies", "disputed_by": "disputes", "confirmed_by": "confirms"}


def _claim(column: str, stance: str) -> TableMap:
    """Return the map of who denies, disputes or confirms a figure; the column `aspect` must say what of it."""
    return TableMap(
        "claims",
        {
            "claim_id": joined(FIGURE_ID, stance),
            "source_id": SOURCE_ID,
            "claimant": text(column),
            "stance": constant(stance),
            "about_table": derived(folded("measure").replace_strict(meaning("table"), default=None)),
            "about_id": FIGURE_ID,
            "aspect": text("aspect"),
            "quote": text("quote"),
            "quote_language": text("language"),
        },
        where=text(column).is_not_null(),
    )


def _check(table_name: str, columns: dict[str, pl.Expr]) -> TableMap:
    """Return a map that gives no row: a date, an address or a code that is none rejects its row."""
    unused = {f.name: pl.lit(None, pl.String) for f in table(table_name).fields if f.required}
    return TableMap(table_name, {**unused, **columns}, where=pl.lit(False))


_TERMS = ("url", "language", "source_type", "redistribution", "access")
_CHECKS = (
    _check("casualties", {"unit": folded_code("unit", "reported_figures-unit")}),
    _check("displacement", {"date_start": _START, "date_end": _END}),
    _check("sources", {"date_published": date("date_published"), **{name: text(name) for name in _TERMS}}),
)

_REREAD = "the compiler's reading: the quantity is read from the words"
_REQUIRED = frozenset({"measure", "raw_phrase", "publisher", "url"})
_COLUMNS = _REQUIRED | {
    *("id", "geo_text", "pcode_guess", "country", "period_start", "period_end", "unit", "disaggregation"),
    *("title", "date_published", "language", "source_type", "redistribution", "access", "claimed_by"),
    *("population_group", "cause", "weapon", "alleged_perpetrator", "role", "counting", "overlap_group"),
    *("aspect", "quote", *_STANCES),
}

LAYOUT = Layout(
    id="sheet",
    title="sheet of reported figures",
    key=FIGURE_ID,
    maps=(
        *_CHECKS,
        _DOCUMENTS,
        _CASUALTIES,
        _DISPLACEMENT,
        _INDICATORS,
        *(_claim(*s) for s in _STANCES.items()),
    ),
    optional=_COLUMNS - _REQUIRED,
    reshaped=_COLUMNS,
    dates=frozenset({"period_start", "period_end", "date_published"}),
    other_names={
        "measure": ("what",),
        "geo_text": ("place", "place_name"),
        "pcode_guess": ("pcode", "place_code"),
        "period_start": ("date_start", "from"),
        "period_end": ("date_end", "to"),
        "raw_phrase": ("phrase", "words"),
        "disaggregation": ("parts",),
        "url": ("link",),
    },
    not_carried={
        "low": _REREAD,
        "best": _REREAD,
        "high": _REREAD,
        "qualifier": _REREAD,
        "note": "a remark of the compiler's, for which a figure has no field",
    },
    expect=Expectation(filled={"raw_phrase": 1.0, "url": 0.8}),
    notes=(
        "figures of several documents mostly overlap: none is recommended unless a column 'role' says so",
        "a figure of more than a day counts as cumulative unless a column 'counting' says otherwise",
        "publishers of a type that is not known are of the type other, unless a column 'source_type' says which",
    ),
    any_case=True,
)
