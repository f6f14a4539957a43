"""What the two datasets of the Internal Displacement Monitoring Centre (IDMC) share: its terms and its places."""

from __future__ import annotations

from typing import Any

import polars as pl

from hxl_kit.mapping import derived, text
from hxl_kit.sources._blocks import country

# IDMC codes the Abyei Area and Sark as if ISO 3166-1 had them; the standard's countries do not.
_NO_COUNTRY_CODE = ("AB9", "SRK")
TERMS: dict[str, Any] = {
    "provider": "Internal Displacement Monitoring Centre (IDMC)",
    "licence": "CC-BY-IGO",
    "licence_title": "Creative Commons Attribution 3.0 for Intergovernmental Organisations",
    "licence_url": "https://creativecommons.org/licenses/by/3.0/igo/",
    "redistribution": "attribution",
    "access": "public",
    "source_type": "dataset",
    "language": "en",
}


def places() -> dict[str, pl.Expr]:
    """Return the country's fields of the place block; the Abyei Area and Sark keep IDMC's code alone."""
    iso3 = text("iso3")
    code = derived(pl.when(~iso3.is_in(_NO_COUNTRY_CODE)).then(iso3))
    return country(code, iso3, text("country_name"))
