"""DTM API v2 and v3 (JSON), and the files that HDX makes of it (CSV, with or without a hashtag row).

One row per operation, place, reporting date, assessment type and, in v3, reason and origin. Reasons and origins
are disjoint parts: together they are the stock of a place at a date, so each is recommended in a group of its own.
Meanings: https://dtm.iom.int/data-and-analysis/dtm-api.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import code, constant, context, date, derived, integer, joined, text
from hxl_kit.sources._blocks import country, unranged
from hxl_kit.sources.definition import Expectation, Layout, Measure, TableMap
from hxl_kit.sources.iom_dtm.causes import cause
from hxl_kit.sources.iom_dtm.overlaps import (
    ADMIN1,
    ADMIN2,
    KEY,
    LEVEL,
    MISSING,
    NEAR,
    Overlaps,
    overlaps_in,
)
from hxl_kit.standard.codelists import crosswalk

if TYPE_CHECKING:
    from hxl_kit.reading import TableText

_IDPS, _MALES, _FEMALES = "numPresentIdpInd", "numberMales", "numberFemales"
_REASON, _TYPE = "displacementReason", "assessmentType"
_ORIGIN_CODE, _ORIGIN_NAME = "idpOriginAdmin1Pcode", "idpOriginAdmin1Name"
_PARTS = {_MALES: "male", _FEMALES: "female"}
_OPTIONAL = frozenset(
    {"id", "adminLevel", *ADMIN1, *ADMIN2, _REASON, _ORIGIN_CODE, _ORIGIN_NAME, _TYPE, *_PARTS}
)
_PCODE = r"^([A-Z]{2,3}[0-9][0-9A-Za-z]*|[0-9]{7})$"
_LARGEST = 20_000_000
"""More people than any country has displaced (Sudan and Syria come nearest)."""

_COUNTRY = text("admin0Pcode")
_DAY = date("reportingDate").cast(pl.String)


def api_layout(overlaps: Overlaps, *, levelled: bool = False) -> Layout:
    """Return the layout of a file whose rows overlap so; `levelled` where its rows say their admin level."""
    figure = _figure_id()
    common = _common(overlaps)
    recommended = derived(
        pl.when(overlaps.is_recommended).then(pl.lit("recommended")).otherwise(pl.lit("triangulation"))
    )
    return Layout(
        id="api",
        title="API and HDX, admin 0 to 2",
        key=KEY,
        near_key=NEAR,
        maps=(
            _map(_IDPS, "all", common | {"figure_id": figure, "role": recommended}, levelled=levelled),
            *(_part(column, sex, common, figure, levelled=levelled) for column, sex in _PARTS.items()),
        ),
        optional=_OPTIONAL,
        tagged=_TAGS,
        missing=MISSING,
        not_carried={
            "yearReportingDate": "the year of reportingDate",
            "monthReportingDate": "the month of reportingDate",
            "operationStatus": "whether IOM's operation still runs, not a property of the figure",
        },
        measures=tuple(
            Measure(column, "displacement", "value", pl.col("sex") == sex)
            for column, sex in {_IDPS: "all", **_PARTS}.items()
        ),
        expect=Expectation(
            filled={_IDPS: 0.99, _COUNTRY.meta.output_name(): 1.0}, ranges={_IDPS: (0, _LARGEST)}
        ),
        notes=_NOTES,
        any_case=True,
    )


def api_layout_of(file: TableText) -> Layout | None:
    """Return the layout of an open file, or None where it is not of the API's columns.

    Raises:
        InputError: the file cannot be read any further.
    """
    plain = api_layout(Overlaps())
    names = plain.names_in(file.header, file.tags)
    if not plain.required <= frozenset(names.values()):
        return None
    return api_layout(overlaps_in(file, names), levelled="adminLevel" in names.values())


def origin_codes(cell: pl.Expr) -> dict[str, pl.Expr]:
    """Return the fields for the code of an admin 1 unit of origin; what is no P-code stays the provider's own."""
    is_pcode = cell.str.contains(_PCODE)
    return {
        "origin_admin1_code": derived(pl.when(is_pcode).then(cell)),
        "provider_origin_code": derived(pl.when(~is_pcode).then(cell)),
    }


def dated(column: str) -> pl.Expr:
    """Return the precision of a date that is given to the day; null where there is none, which rejects the row."""
    return derived(pl.when(text(column).is_not_null()).then(pl.lit("day")))


def _figure_id() -> pl.Expr:
    """Return a figure's id: the provider's within the admin level, else what the figure is about."""
    said = (*ADMIN1, *ADMIN2, "roundNumber", _REASON, _ORIGIN_CODE, _ORIGIN_NAME)
    about = joined(text("operation"), _DAY, *(text(name).fill_null("") for name in said))
    number = pl.coalesce(text("id"), about)
    kind = text(_TYPE).fill_null("")
    return joined("iom_dtm", _COUNTRY, kind, pl.lit("admin") + LEVEL, number)


def _overlap_group(overlaps: Overlaps) -> pl.Expr:
    """Return the stock that a figure is, or is a part of: a place of the file's coarsest level, a reason, an origin."""
    top = overlaps.top
    unit1 = [pl.when(top != "0").then(text(name)).fill_null("") for name in ADMIN1]
    unit2 = [pl.when(top.is_in(("0", "1")).not_()).then(text(name)).fill_null("") for name in ADMIN2]
    parts = [text(name).fill_null("") for name in (_REASON, _ORIGIN_CODE, _ORIGIN_NAME)]
    return joined("iom_dtm", text("operation"), _COUNTRY, *unit1, *unit2, _DAY, *parts)


def _common(overlaps: Overlaps) -> dict[str, pl.Expr]:
    return {
        "source_id": context("source_id"),
        "measure": constant("stock"),
        "category": constant("idps"),
        "cause": cause(_REASON),
        "counts": constant("people"),
        "age_group": constant("all"),
        "as_of": date("reportingDate"),
        "round": text("roundNumber"),
        # Displacement within a country, by definition.
        "origin_location_code": _COUNTRY,
        **origin_codes(text(_ORIGIN_CODE)),
        "origin_admin1_name": text(_ORIGIN_NAME),
        **country(_COUNTRY, _COUNTRY, text("admin0Name")),
        "provider_admin1_code": text("admin1Pcode"),
        "provider_admin1_name": text("admin1Name"),
        "provider_admin2_code": text("admin2Pcode"),
        "provider_admin2_name": text("admin2Name"),
        "pcode_method": constant("none"),
        "overlap_group": _overlap_group(overlaps),
    }


def _precision(*, levelled: bool) -> pl.Expr:
    if levelled:
        return code("adminLevel", "iom_dtm-geo_precision")
    levels = crosswalk("iom_dtm-geo_precision").mapping
    return LEVEL.replace_strict(levels, default=None, return_dtype=pl.String)


def _map(column: str, sex: str, fields: dict[str, pl.Expr], *, levelled: bool) -> TableMap:
    return TableMap(
        "displacement",
        fields
        | unranged(column)
        | {
            "sex": constant(sex),
            "date_precision": dated("reportingDate"),
            "geo_precision": _precision(levelled=levelled),
        },
        where=integer(column).is_not_null(),
    )


def _part(column: str, sex: str, fields: dict[str, pl.Expr], figure: pl.Expr, *, levelled: bool) -> TableMap:
    """Return the map of the men or women of a figure: a part of it, never recommended beside it."""
    own = {"figure_id": joined(figure, sex), "role": constant("triangulation")}
    return _map(column, sex, fields | own, levelled=levelled)


_NOTES = (
    "each row is the part of a stock that one reason and one origin make: the recommended parts add up to it",
    "rounds are stocks at different dates and never add up; operations of one country may count the same people",
    "a row for a whole country or admin 1 unit holds those inside it at the same date, which are not recommended",
    "files of different admin levels count the same people: use one of them",
    "of several assessment types at one place and date the baseline, else the site assessment is recommended",
    "a figure that is given twice for one place and date is not recommended: which one is right is not known",
)
_TAGS = {
    "id": "#id+code",
    "operation": "#operation+name",
    "admin0Name": "#country+name",
    "admin0Pcode": "#country+code",
    "admin1Name": "#adm1+name",
    "admin1Pcode": "#adm1+code",
    "admin2Name": "#adm2+name",
    "admin2Pcode": "#adm2+code",
    "adminLevel": "#adm+level",
    _IDPS: "#affected+idps",
    "reportingDate": "#date+reported",
    "roundNumber": "#round+code",
    _REASON: "#cause+type",
    _MALES: "#affected+idps+m",
    _FEMALES: "#affected+idps+f",
    _ORIGIN_NAME: "#adm1+name+origin",
    _ORIGIN_CODE: "#adm1+code+origin",
    _TYPE: "#assessment+type",
    "operationStatus": "#operation+status",
}
