"""IOM Displacement Tracking Matrix (DTM): people displaced within their country, present at a date.

Every figure is a stock at the reporting date of a round. Layouts: the API and what HDX makes of it (`api`), and
workbooks of country offices, whose columns are found by their hashtags (`country`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.errors import SourceMismatchError
from hxl_kit.sources.definition import Layout, Source
from hxl_kit.sources.iom_dtm.api import api_layout, api_layout_of
from hxl_kit.sources.iom_dtm.country import country_layout_of
from hxl_kit.sources.iom_dtm.overlaps import Overlaps

if TYPE_CHECKING:
    from hxl_kit.reading import TableText

_FLOWS = ("flowmonitoringpoint", "fmpname", "totalheadcount", "nameofflowmonitoringpoint", "direction")
_FORMS = frozenset({"_index", "_parent_index", "_uuid", "_submission_time", "_submission__uuid"})
_HAPI = frozenset({"location_code", "resource_hdx_id"})


def recognise(file: TableText) -> Layout | None:
    """Return the layout of an open file: the API's, or one made from its hashtags; None for what is neither.

    Raises:
        SourceMismatchError: it is another product of DTM, or its hashtags leave open what to read.
        InputError: the file cannot be read any further.
    """
    if _HAPI & set(file.header):
        return None
    made = api_layout_of(file) or country_layout_of(file)
    if made is None:
        _refuse_other_products(file)
    return made


def _refuse_other_products(file: TableText) -> None:
    """Refuse what DTM publishes besides numbers of displaced people present.

    Raises:
        SourceMismatchError: it is flow monitoring, or an export of a survey form.
    """
    folded = {"".join(c for c in name.casefold() if c.isalnum()) for name in file.header}
    if sum(name in folded for name in _FLOWS) > 1:
        raise SourceMismatchError(
            "iom_dtm: this is DTM flow monitoring, which counts people passing a point, not people displaced; "
            "it is not read as displacement"
        )
    if len(_FORMS & set(file.header)) > 1:
        raise SourceMismatchError(
            "iom_dtm: this is an export of a survey form (KoBo or ODK: columns such as _index), not a published "
            "table; use the workbook with a hashtag row, or add hashtags for places and figures"
        )


SOURCE = Source(
    id="iom_dtm",
    title="IOM Displacement Tracking Matrix (DTM)",
    provider="International Organization for Migration (IOM)",
    url="https://dtm.iom.int/",
    licence="other",
    licence_title="IOM terms of use for DTM data (HDX: Other)",
    licence_url="https://dtm.iom.int/terms-and-conditions",
    redistribution="forbidden",
    access="public",
    source_type="un",
    language="en",
    terms=(
        "Not for commercial use; not to be sold, redistributed or made into derivative works without IOM's consent. "
        "Credit: Source: International Organization for Migration (IOM), Displacement Tracking Matrix (DTM), with "
        "the URL. Row-level site assessments are restricted; the API gives figures down to admin 2 only."
    ),
    layouts=(api_layout(Overlaps()),),
    recognise=recognise,
)
