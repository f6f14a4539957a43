"""IDMC Internal Displacement Updates (IDU): one row per figure of new displacement in an event, as news of it comes in.

A figure counts movements in a period, never people displaced at a date. Several figures of one event may be of
different places (and add up) or of the same people (and do not): only IDMC's role tells, which files before 2024 do
not have. Without it every figure is triangulation, so that nothing is summed.

Columns: https://helix-tools-api.idmcdb.org/external-api/ and https://www.internal-displacement.org/database/api-documentation/.
"""

from __future__ import annotations

from hxl_kit.sources._idmc import TERMS
from hxl_kit.sources.definition import Source
from hxl_kit.sources.idmc_idu.figures import FIGURES, FIGURES_2023
from hxl_kit.sources.idmc_idu.latest import with_latest_figures

SOURCE = Source(
    id="idmc_idu",
    title="IDMC Internal Displacement Updates (IDU)",
    url="https://www.internal-displacement.org/database/displacement-data/",
    terms="Free to use and redistribute with attribution to IDMC; name the day of access, because figures change "
    "daily.",
    layouts=(FIGURES, FIGURES_2023),
    recognise=with_latest_figures,
    **TERMS,
)
