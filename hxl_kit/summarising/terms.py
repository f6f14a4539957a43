"""Rows of any table of figures in one form: bounds, period, place, and what each belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError, UsageError, nearest
from hxl_kit.summarising.tables import NUMBER, day, number, read, require_read

if TYPE_CHECKING:
    from hxl_kit.reading.packages import Package
    from hxl_kit.summarising.request import Request

CODES = ("location_code", "admin1_code", "admin2_code", "admin3_code")
_PROVIDER = ("provider_admin1_name", "provider_admin2_name")
SPOT = ("place_name", "latitude", "longitude")
_PLACE = (*CODES, *_PROVIDER, *SPOT, "geo_precision")
_WHEN = ("as_of", "date_start", "date_end")
_FIGURE = ("role", "counting", "bounds_basis", "unit", "claimed_by", "overlap_group")
_EVENT = ("event_id", "event_subtype", "is_aggregate", "parent_event_id", "cluster_id")
_UNITS = {"people": "person", "movements": "movement", "households": "household", "cases": "case"}
_NUMBERS = ("low", "high", "value", "low_by_convention")


def read_terms(package: Package, request: Request) -> pl.DataFrame:
    """Return a row per figure that the question is about, in the order of their ids.

    Columns, besides those of the table: `index`, `id`, `value`, `low`, `high` (exact decimals), `exact`,
    `convention` (the id of the convention that a low bound is by, which then stands in `low_by_convention`),
    `measure` (stock, flow), `start` and `end` (days), `group` (see `grouped`).

    Raises:
        InputError: the table is missing or cannot be read, or an id stands in several of its rows.
        UsageError: --disjoint names a source that no row has.
    """
    shape = request.shape
    others = (*shape.coded, *shape.free, *shape.kinds, *_PLACE, *_WHEN, *_FIGURE, *_EVENT, *request.fixed)
    numbers = (shape.value, shape.low, shape.high)
    text = read(package, request.table, (*numbers, *others), (shape.id, "source_id"))
    _check_sources(request, text)
    _check_ids(request, text[shape.id].drop_nulls())
    text = text.with_columns(pl.col(shape.id).fill_null(""))
    for field, values in request.where:
        text = text.filter(pl.col(field).fill_null("").is_in(values))
    text = text.sort(shape.id).with_columns(pl.col(name).alias(f"by:{name}") for name in request.by)
    frame = text.with_columns([number(c) for c in numbers] + [day(c) for c in _WHEN]).rename(
        dict(zip((shape.id, *numbers), ("id", "value", "low", "high"), strict=True))
    )
    text = text.rename(dict(zip(numbers, ("value", "low", "high"), strict=True)))
    require_read(request.table, text, frame, ("value", "low", "high", *_WHEN))
    if request.table == "events":
        frame = frame.with_columns(
            event_id=pl.col("id"),
            unit=pl.lit("person"),
            role=pl.lit("recommended"),
            counting=pl.lit("incident"),
        )
    return _described(frame.with_row_index("index"), request)


def _check_sources(request: Request, text: pl.DataFrame) -> None:
    known = set(text["source_id"].unique().drop_nulls())
    for name in sorted(frozenset().union(*request.disjoint) - known):
        near = nearest(name, known) or "; `--by source_id` lists them"
        raise UsageError(f"--disjoint: {request.table} has no source '{name}'{near}")


def _check_ids(request: Request, ids: pl.Series) -> None:
    if ids.is_duplicated().any():
        raise InputError(
            f"{request.table}: a {request.shape.id} stands in several rows, which would be counted twice; "
            "`hxl-kit validate` says where"
        )


def _described(frame: pl.DataFrame, request: Request) -> pl.DataFrame:
    """Add what follows from the columns: the measure, the unit, the period, whether a figure is exact."""
    stock = _is_stock(request.table)
    frame = frame.with_columns(
        measure=pl.when(stock).then(pl.lit("stock")).otherwise(pl.lit("flow")),
        as_of=pl.when(stock).then(
            pl.coalesce("as_of", "date_end", "date_start")
            if request.table == "casualties"
            else pl.col("as_of")
        ),
        unit=_unit(request.table),
    ).with_columns(
        start=pl.when(stock).then("as_of").otherwise(pl.col("date_start")).cast(pl.Int32),
        end=pl.when(stock).then("as_of").otherwise(pl.col("date_end")).cast(pl.Int32),
        exact=(pl.col("value") == pl.col("low")).fill_null(value=False)
        & (pl.col("value") == pl.col("high")).fill_null(value=False),
    )
    return _by_convention(_in_persons(frame, request))


def _is_stock(table_name: str) -> pl.Expr:
    """Return whether a figure is of one date: a stock, a snapshot, an indicator with `as_of`."""
    return {
        "casualties": pl.col("counting").eq_missing("snapshot"),
        "displacement": pl.col("measure").eq_missing("stock"),
        "indicators": pl.col("as_of").is_not_null(),
    }.get(table_name, pl.lit(value=False))


def _unit(table_name: str) -> pl.Expr:
    """Return the unit; where the words name none, casualties are persons, and displacement is what it counts."""
    counted = pl.col("counts").replace_strict(_UNITS, default=None, return_dtype=pl.String)
    return {
        "casualties": pl.coalesce("unit", pl.lit("person")),
        "displacement": pl.coalesce("unit", counted),
    }.get(table_name, pl.col("unit"))


def _in_persons(frame: pl.DataFrame, request: Request) -> pl.DataFrame:
    """Turn households into persons where their size is stated; a figure made so is not exact any more."""
    size = request.household_size
    if size is None:
        return frame.with_columns(converted=pl.lit(value=False))
    counted = pl.col("unit").eq_missing("household")
    if request.table == "displacement":
        counted |= pl.col("counts").eq_missing("households")
        frame = frame.with_columns(counted.alias("converted")).with_columns(
            counts=pl.when("converted").then(pl.lit("people")).otherwise("counts")
        )
    else:
        frame = frame.with_columns(counted.alias("converted"))
    times = pl.lit(size).cast(NUMBER)
    return frame.with_columns(
        *(
            pl.when("converted").then((pl.col(c) * times).cast(NUMBER)).otherwise(pl.col(c)).alias(c)
            for c in ("value", "low", "high")
        ),
        unit=pl.when("converted").then(pl.lit("person")).otherwise("unit"),
        exact=pl.col("exact") & ~pl.col("converted"),
    )


def _by_convention(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep bounds by convention apart from stated ones; a high bound by convention is none."""
    named = pl.col("bounds_basis").str.strip_prefix("convention:")
    conventional = pl.col("bounds_basis").str.starts_with("convention:").fill_null(value=False)
    return frame.with_columns(
        convention=pl.when(conventional).then(named),
        low_by_convention=pl.when(conventional).then("low"),
        low=pl.when(~conventional).then("low"),
        high=pl.when(~conventional).then("high"),
        exact=pl.col("exact") & ~conventional,
    )


def with_events(frame: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Add what the events table knows of each row's event: its cluster, and the category of an aggregate (`scheme`).

    `single` rows are of an event: those of different events of one source do not repeat one another, unless the
    table of events says that one is within the other.
    """
    known = events.select(
        "event_id",
        aggregate=(pl.col("is_aggregate").str.to_lowercase() == "true").fill_null(value=False),
        cluster="cluster_id",
        subtype="event_subtype",
    ).unique("event_id", keep="first", maintain_order=True)
    joined = frame.join(known, on="event_id", how="left", maintain_order="left")
    return joined.with_columns(
        single=pl.col("event_id").is_not_null(), scheme=pl.when("aggregate").then("subtype")
    )


def read_events(package: Package) -> pl.DataFrame:
    """Return the columns of the events that figures refer to: event_id and what it is a part of."""
    return read(package, "events", _EVENT)


def has_number() -> pl.Expr:
    """Return whether a row says any number at all: only then can something be counted twice."""
    return pl.any_horizontal(pl.col(name).is_not_null() for name in _NUMBERS)


def grouped(frame: pl.DataFrame, request: Request) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with the number of their group, and the groups: number and key fields, sorted.

    A group has the fields asked for, then what is counted, as far as these were not asked for.
    """
    columns = {name: pl.col(f"by:{name}") for name in request.by}
    columns |= {name: pl.col(name) for name in request.shape.kinds if name not in request.by}
    keyed = [expr.alias(f"key:{name}") for name, expr in columns.items()]
    keys = [f"key:{name}" for name in columns]
    frame = frame.with_columns(keyed)
    groups = frame.select(keys).unique().sort(keys, nulls_last=False).with_row_index("group")
    joined = frame.join(groups, on=keys, nulls_equal=True, how="left", maintain_order="left")
    return joined, groups.rename({key: key.removeprefix("key:") for key in keys})
