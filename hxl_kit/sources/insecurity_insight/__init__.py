"""Insecurity Insight: incidents that harm health care, education, aid, displaced people and other civilians.

One event of the provider's database (SiND) may stand in the files of several topics, each with the victims of
its topic: events and figures are kept per topic, and figures of the same people share their `overlap_group`.
Meanings of columns: the notes in the workbooks, and https://insecurityinsight.org/methodology-and-definitions.
"""

from __future__ import annotations

from hxl_kit.sources.definition import Source
from hxl_kit.sources.insecurity_insight.overview import OVERVIEW
from hxl_kit.sources.insecurity_insight.topics import TOPICS

SOURCE = Source(
    id="insecurity_insight",
    title="Insecurity Insight incident data (SiND): health care, education, aid, protection, explosive weapons",
    provider="Insecurity Insight",
    url="https://data.humdata.org/organization/insecurity-insight",
    licence="CC-BY-SA-4.0",
    licence_title="Creative Commons Attribution Share-Alike 4.0 International",
    licence_url="https://creativecommons.org/licenses/by-sa/4.0/",
    redistribution="share_alike",
    access="public",
    source_type="monitor",
    language="en",
    terms=(
        "Free to use with attribution to Insecurity Insight (the SHCC files: to the Safeguarding Health in Conflict "
        "Coalition as well); what is derived from it must be shared under the same licence."
    ),
    layouts=(*TOPICS, OVERVIEW),
)
