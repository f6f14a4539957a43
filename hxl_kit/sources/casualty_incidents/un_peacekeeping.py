"""UN peacekeeping fatalities (DPPA-DPO): one row per death, with the mission and not the place.

The file has two rows for some deaths of 2003 to 2005, one under each of two nationalities (Montenegro, Serbia and
Montenegro): `casualty_id` is the key, so that each death counts once.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hxl_kit.mapping import CODED, constant, context, date, folded_code, joined, text
from hxl_kit.sources.definition import Layout, Measure, TableMap

_ID = joined("casualty_incidents:un_peacekeeping", text("casualty_id"))
_DATE = date("incident_date")
_HARM = folded_code("type_of_casualty", "casualty_incidents-harm")
_ONE = pl.when(text("casualty_id").is_not_null()).then(1)
_SEX = (
    pl.when(text("gender").is_null())
    .then(pl.lit("unknown"))
    .otherwise(folded_code("gender", "casualty_incidents-sex"))
    .alias(f"{CODED}casualty_incidents-sex")
)
_NATIONALITY = "the nationality of a single person, not the place of the death"
_CIVILIANS = ("local", "international civilian")

_FATALITIES = TableMap(
    "casualties",
    {
        "figure_id": _ID,
        "source_id": context("source_id"),
        "harm": _HARM,
        "person_status": pl.when(text("casualty_personnel_type").str.to_lowercase().is_in(_CIVILIANS))
        .then(pl.lit("civilian"))
        .otherwise(pl.lit("unknown")),
        "population_group": constant("peacekeeper"),
        "victim_group": pl.concat_str(
            [text("mission_acronym"), text("casualty_personnel_type")], separator=": ", ignore_nulls=True
        ),
        "sex": _SEX,
        "age_group": constant("all"),
        "cause": folded_code("type_of_incident", "casualty_incidents-cause"),
        "value": _ONE,
        "value_low": _ONE,
        "value_high": _ONE,
        "qualifier": constant("exact"),
        "bounds_basis": constant("stated"),
        "unit": constant("person"),
        "date_start": _DATE,
        "date_end": _DATE,
        "date_precision": constant("day"),
        "counting": constant("incident"),
        "role": constant("recommended"),
        "geo_precision": constant("unknown"),
        "pcode_method": constant("none"),
    },
)

_LAYOUT = Layout(
    id="un_peacekeeping",
    title="UN peacekeeping fatalities, one row per death",
    key=_ID,
    maps=(_FATALITIES,),
    other_names={"casualty_id": ("casualty id", "fatality_id")},
    not_carried={
        "id": "a number of the row in the file",
        "casualty_nationality": _NATIONALITY,
        "m49_code": _NATIONALITY,
        "isocode3": _NATIONALITY,
        "last_update": "when the provider changed its file",
    },
    measures=(
        Measure(
            "type_of_casualty",
            "casualties",
            "value",
            read=text("type_of_casualty").is_not_null().cast(pl.Int64),
        ),
    ),
    notes=(
        "the place of a death is not told: countries in the file are nationalities",
        "deaths of all causes, illness and accident included",
    ),
    any_case=True,
)
UN_PEACEKEEPING = replace(_LAYOUT, optional=frozenset({"gender"}))
