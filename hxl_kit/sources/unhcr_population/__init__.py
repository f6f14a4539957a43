"""UNHCR Refugee Data Finder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.errors import SourceMismatchError
from hxl_kit.sources.definition import Lookalike, Source
from hxl_kit.sources.unhcr_population.asylum import ASYLUM
from hxl_kit.sources.unhcr_population.demographics import DEMOGRAPHICS
from hxl_kit.sources.unhcr_population.movements import MOVEMENTS
from hxl_kit.sources.unhcr_population.population import POPULATION

if TYPE_CHECKING:
    from hxl_kit.reading import TableText
    from hxl_kit.sources.layout import Layout

_COUNTRY_COLUMNS = ("coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso")
_OTHER_AGENCY = (
    "the columns of this table are those of IDMC's totals of internally displaced people and also those of UNRWA's "
    "Palestine refugees, both of which UNHCR only passes on, and do not say which of the two it is; "
    "take the figures from IDMC (source idmc_gidd) or from UNRWA"
)
_CODES = (
    "this is UNHCR's list of country codes, not figures; the codes are known already "
    "(`hxl-kit codelists`), send a table of the Refugee Data Finder"
)
_SITUATIONS = (
    "this is from UNHCR's Operational Data Portal (data.unhcr.org), another system than the Refugee Data Finder: "
    "its figures are updated at any time and overlap; download the statistics from "
    "https://www.unhcr.org/refugee-statistics/download/"
)
_LOOKALIKES = (
    Lookalike(frozenset({"year", *_COUNTRY_COLUMNS, "total"}), _OTHER_AGENCY),
    Lookalike(frozenset({"year", *_COUNTRY_COLUMNS, "coo_id", "coa_id", "total"}), _OTHER_AGENCY),
    Lookalike(
        frozenset(
            {
                "iso_code",
                "unhcr_code",
                "name",
                "unhcr_region",
                "unsd_region",
                "unsd_subregion",
                "unsd_imregion",
            }
        ),
        _CODES,
    ),
    Lookalike(
        frozenset(
            {
                "Country",
                "ISO3",
                "Country of Origin",
                "ISO3 of Origin",
                "Population type",
                "Source",
                "Date",
                "Individuals",
            }
        ),
        _SITUATIONS,
    ),
)


def _refuse_situations(text: TableText) -> Layout | None:
    """Refuse answers of the Operational Data Portal, whose columns differ from widget to widget.

    Raises:
        SourceMismatchError: the table is one of them.
    """
    if {"geomaster_name", "individuals"} <= set(text.header):
        raise SourceMismatchError(f"unhcr_population: {_SITUATIONS}")
    return None


SOURCE = Source(
    id="unhcr_population",
    title="UNHCR Refugee Population Statistics Database (Refugee Data Finder)",
    provider="United Nations High Commissioner for Refugees (UNHCR)",
    url="https://www.unhcr.org/refugee-statistics/",
    licence="CC-BY-4.0",
    licence_title="Creative Commons Attribution 4.0 International",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    redistribution="attribution",
    access="public",
    source_type="un",
    language="en",
    terms='Free to use and redistribute with the attribution "UNHCR Refugee Population Statistics Database" and a link to UNHCR\'s terms of use for datasets; HDX labels its copies CC BY-IGO.',
    layouts=(*POPULATION, *DEMOGRAPHICS, *ASYLUM, *MOVEMENTS),
    lookalikes=_LOOKALIKES,
    recognise=_refuse_situations,
)
