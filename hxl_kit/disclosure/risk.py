"""The risk that a person in row-level data is found again: per record, and of the whole file.

Benedetti and Franconi's individual risk as in sdcMicro's `indivRisk` (Franconi and Polettini 2004; Templ, Kowarik,
Meindl 2015, https://doi.org/10.18637/jss.v067.i04); k-anonymity and the global risk as in the SDC Practice Guide
(https://sdcpractice.readthedocs.io/en/latest/measure_risk.html). HDX takes microdata whose global risk is below 3 %
(the HDX team on its microdata workflow, https://humanitarian.atlassian.net/wiki/spaces/HDX).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from hxl_kit.disclosure.frequencies import frequencies

if TYPE_CHECKING:
    from collections.abc import Sequence

HDX_HIGHEST = 0.03
"""The global risk that HDX does not take."""

Method = Literal["approximate", "exact"]
_TERMS = 200
_HIGH = 0.1
_MAD_TO_SD = 1.4826
_CLOSED = 3
_CANCELLING = 0.5
"""Below this share outside the sample the closed forms lose digits, and the series needs few terms."""


@dataclass(frozen=True)
class Risk:
    """What the records of a file risk together.

    Attributes:
        records: how many there are.
        uniques: records that nobody shares the keys with (they violate 2-anonymity).
        below_three: records that violate 3-anonymity.
        below_five: records that violate 5-anonymity.
        expected: the expected number of re-identified records, the sum of the individual risks.
        high: records whose risk is above 0.1 and far above the others' (median and 2 scaled median deviations).
    """

    records: int
    uniques: int
    below_three: int
    below_five: int
    expected: float
    high: int

    @property
    def share(self) -> float:
        """The global risk: the expected share of re-identified records, 0 to 1."""
        return self.expected / self.records if self.records else 0.0


def record_risks(
    frame: pl.DataFrame, keys: Sequence[str], weight: str | None = None, method: Method = "approximate"
) -> pl.DataFrame:
    """Return per record f_k (`sample`), F_k (`population`), `sample_risk` (1 / f_k) and `risk`, 0 to 1.

    `risk` is the chance that somebody in the population who shares the keys is this record's person. Without weights
    the records are the population, and it is 1 / f_k.

    Args:
        frame: a row per person (or household).
        keys: the columns that somebody else could know of a person.
        weight: the column of sampling weights.
        method: for f_k above 2, "approximate" is sdcMicro's default, p / (f - 1 + p); "exact" is the closed form
            for 3 and the hypergeometric series from 4 on.

    Raises:
        UsageError: a column is not there or holds no weights.
    """
    counts = frequencies(frame, keys, weight)
    distinct = _risks(counts.unique(), method)
    return counts.join(distinct, on=["sample", "population"], how="left", maintain_order="left").select(
        "sample", "population", "sample_risk", "risk"
    )


def summary(risks: pl.DataFrame) -> Risk:
    """Return what records (`record_risks`) risk together."""
    below = {limit: int((risks["sample"] < limit).sum()) for limit in (2, 3, 5)}
    return Risk(
        risks.height,
        below[2],
        below[3],
        below[5],
        float(risks["risk"].sum() or 0),
        int(risks.select(high()).sum().item()),
    )


def high() -> pl.Expr:
    """Return whether a record's risk is high beside the others': above 0.1 and two MAD above the median.

    So `print(sdc, "risk")` of sdcMicro counts the records "with higher risk than the main part of the data"
    (R/printFunctions.R, median + 2 * mad, where R's mad is scaled by 1.4826); its older `print` of a single
    `measure_risk` has 3 * mad. The stricter one is taken.
    """
    median = pl.col("risk").median()
    deviation = (pl.col("risk") - median).abs().median() * _MAD_TO_SD
    return (pl.col("risk") > median + 2 * deviation) & (pl.col("risk") > _HIGH)


def _risks(distinct: pl.DataFrame, method: Method) -> pl.DataFrame:
    f, p = pl.col("sample").cast(pl.Float64), pl.col("sample") / pl.col("population")
    q = 1 - p
    odds, log = p / q, -p.log()
    closed = (
        pl.when(f == 1)
        .then(odds * log)
        .when(f == 2)  # noqa: PLR2004 - two records share the keys
        .then(odds - odds**2 * log)
        .when(f == _CLOSED)
        .then(p / (2 * q**3) * (q * (3 * q - 2) + 2 * p**2 * log))
    )
    exact = pl.when((f <= _CLOSED) & (q > _CANCELLING)).then(closed).otherwise(p / f * pl.col("series"))
    risk = pl.when(f >= _CLOSED).then(p / (f - q)).otherwise(exact) if method == "approximate" else exact
    whole = pl.col("population") <= pl.col("sample")
    return distinct.with_columns(series=_series(distinct.select(f=f, q=q))).with_columns(
        risk=pl.when(whole).then(1 / f).otherwise(risk), sample_risk=1 / f
    )


def _series(pairs: pl.DataFrame) -> pl.Series:
    """Return ₂F₁(1, 1; f+1; q), whose n-th term is n! qⁿ / ((f+1) … (f+n))."""
    term = total = pl.Series("series", [1.0]).new_from_index(0, pairs.height)
    for n in range(1, _TERMS + 1):
        term = term * (n * pairs["q"]) / (pairs["f"] + n)
        total = total + term
    return total
