"""Lists of incidents with casualties: Airwars, UN peacekeeping fatalities, IOM Missing Migrants.

A list of persons (names, ages, identity numbers) is refused: no row of it may become a row of a package.
"""

from __future__ import annotations

from hxl_kit.sources.casualty_incidents.airwars import AIRWARS
from hxl_kit.sources.casualty_incidents.missing_migrants import BY_DAY, BY_MONTH
from hxl_kit.sources.casualty_incidents.un_peacekeeping import UN_PEACEKEEPING
from hxl_kit.sources.definition import Lookalike, Source

_PERSONS = "this is a list of persons: not normalised; use daily totals (source casualty_series)"
_PERSON_COLUMNS = (
    ("id", "name", "en_name", "age", "dob", "sex", "source"),
    ("id", "name", "en_name", "age", "dob", "sex"),
    ("id", "name", "age", "dob", "sex", "source"),
    ("id", "name", "age", "dob", "sex"),
    ("id", "name_ar_raw", "name_ar", "name_en", "age", "dob", "sex", "source"),
    ("id", "name_ar", "name_en", "age", "dob", "sex", "source"),
)

SOURCE = Source(
    id="casualty_incidents",
    title="Incident lists of casualties: Airwars, UN peacekeeping fatalities, IOM Missing Migrants",
    provider="Airwars; United Nations DPPA-DPO; IOM Missing Migrants Project",
    url="https://missingmigrants.iom.int/downloads",
    licence="multiple",
    licence_title="Airwars: the provider's own terms; United Nations and IOM: CC BY 3.0 IGO",
    licence_url="https://data.humdata.org/faqs/licenses",
    redistribution="attribution",
    access="public",
    source_type="monitor",
    language="en",
    terms=(
        "United Nations and IOM data may be used and shared with attribution; ask Airwars before publishing a list "
        "of its incidents. Names of victims are never carried over."
    ),
    layouts=(AIRWARS, UN_PEACEKEEPING, BY_DAY, BY_MONTH),
    lookalikes=tuple(Lookalike(frozenset(columns), _PERSONS) for columns in _PERSON_COLUMNS),
)
