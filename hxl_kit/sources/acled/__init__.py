"""ACLED: political violence, demonstrations and strategic developments as events, counts and deletions.

Meanings of columns and codes: ACLED Codebook, https://acleddata.com/methodology/acled-codebook; changes of columns:
https://acleddata.com/methodology/guide-2023-acled-column-changes.
"""

from __future__ import annotations

from hxl_kit.sources.acled.deletions import DELETIONS
from hxl_kit.sources.acled.events import EARLIER_EVENTS, EVENTS
from hxl_kit.sources.acled.monthly import MONTHLY, smaller_counts
from hxl_kit.sources.acled.weekly import WEEKLY
from hxl_kit.sources.definition import Lookalike, Source

_FORECAST = (
    "this is a forecast of CAST (predicted numbers of events per admin 1), not what happened: predictions have no "
    "place among figures; download event data or the monthly counts from https://acleddata.com"
)
_CAST = frozenset(
    {"country", "admin1", "month", "year", "timestamp"}
    | {"total_forecast", "battles_forecast", "erv_forecast", "vac_forecast"}
)
_CAST_OBSERVED = frozenset({"total_observed", "battles_observed", "erv_observed", "vac_observed"})
_ACTORS = (
    "this is ACLED's list of actors and when each was first and last seen, not events; download event data from "
    "https://acleddata.com"
)
_OLD_DELETIONS = (
    "this list names deleted events by data_id, a number that changed with every release, so that no event can be "
    "found by it; download the list by event_id_cnty (event_id_cnty, deleted_timestamp) from https://acleddata.com"
)

SOURCE = Source(
    id="acled",
    title="Armed Conflict Location & Event Data (ACLED)",
    provider="Armed Conflict Location & Event Data (ACLED)",
    url="https://acleddata.com",
    licence="other",
    licence_title="ACLED Terms of Use and Attribution Policy",
    licence_url="https://acleddata.com/terms-of-use/",
    redistribution="aggregates_only",
    access="restricted",
    source_type="dataset",
    language="en",
    terms="Use under ACLED's terms with attribution; rows of event data may not be passed on, totals and charts made "
    "from them may. The counts on HDX are under the same terms.",
    layouts=(EVENTS, EARLIER_EVENTS, MONTHLY, WEEKLY, DELETIONS),
    lookalikes=(
        Lookalike(_CAST, _FORECAST),
        Lookalike(_CAST | _CAST_OBSERVED, _FORECAST),
        Lookalike(frozenset({"data_id", "deleted_timestamp"}), _OLD_DELETIONS),
        Lookalike(frozenset({"actor_name", "first_event_date", "last_event_date", "event_count"}), _ACTORS),
    ),
    recognise=smaller_counts,
)
