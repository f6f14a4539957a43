"""Row-level data on people: which columns could tell on them, and what that amounts to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.aggregates import is_label, is_numeric
from hxl_kit.disclosure.cells import count
from hxl_kit.disclosure.diversity import diversity
from hxl_kit.disclosure.finding import Finding, first_rows
from hxl_kit.disclosure.location import described, named
from hxl_kit.disclosure.risk import HDX_HIGHEST, high, record_risks, summary
from hxl_kit.disclosure.rows import of_clusters
from hxl_kit.disclosure.words import key, kind
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from hxl_kit.disclosure.finding import Params, Severity
    from hxl_kit.disclosure.risk import Risk

_FEWEST = 3
"""A group of two is not published: with one's own record known, the other one is."""
_MOST_VALUES = 50
_PEOPLE = {"person", "household"}
_TRAITS = {"age", "sex", "birth_date", "marital_status", "education", "occupation", "nationality"}
_FEWEST_TRAITS = 2
OF_PEOPLE = {"person_id", "birth_date"}
"""Kinds of columns in rows that are people; names, which contacts of offices have too, need an age or a sex beside."""
_KEYS = {"birth_date"}
_ATTRIBUTES = {"ethnicity", "religion", "health", "sexuality", "gbv", "detention"}
_FIGURES = ("count", "count_name", "measure", "casualty")


@dataclass(frozen=True)
class People:
    """The columns of a table whose rows are people or households.

    Attributes:
        keys: what others could know of a person: age, sex, place, …
        sensitive: what should stay unknown.
        weight: the sampling weights, None without.
    """

    keys: tuple[str, ...]
    sensitive: tuple[str, ...] = ()
    weight: str | None = None


@dataclass(frozen=True)
class Candidates:
    """The columns of a table of people that could matter, by their names alone.

    Attributes:
        keys: what others could know of a person.
        sensitive: what should stay unknown.
        weights: what may be sampling weights.
        certain: whether the names say that rows are people; else their values decide.
    """

    keys: tuple[str, ...]
    sensitive: tuple[str, ...]
    weights: tuple[str, ...]
    certain: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.keys, *self.sensitive, *self.weights)))


def candidates(columns: Sequence[str], kinds: Mapping[str, str] | None = None) -> Candidates | None:
    """Return the columns that could matter where a table's rows are people or households, by their names; else None.

    Args:
        columns: the columns that no known source and no standard accounts for.
        kinds: what else is known of columns, such as person_id or birth_date; the number of a place is no person's.
    """
    clusters = of_clusters(columns)
    columns = [name for name in columns if name not in clusters]
    known = {name: what for name, what in (kinds or {}).items() if not kind(name, "place_name")}
    told = {*known.values()}
    certain = bool(OF_PEOPLE & told or described(columns) in _PEOPLE or named(columns))
    certain = certain or ("person_name" in told and _has_traits(columns))
    surveyed = any(kind(name, "survey") for name in columns)
    if not (certain or (_has_traits(columns) and (surveyed or not any(map(_measures, columns))))):
        return None
    keys = tuple(name for name in columns if key(name) or known.get(name) in _KEYS)
    sensitive = tuple(name for name in columns if kind(name, "sensitive") or known.get(name) in _ATTRIBUTES)
    weights = tuple(name for name in columns if kind(name, "weight"))
    return Candidates(keys, sensitive, weights, certain or surveyed) if keys else None


def _has_traits(columns: Sequence[str]) -> bool:
    """Return whether columns say two things of a person, such as age and sex, or sex and religion."""
    traits = {key(name) for name in columns} & _TRAITS
    attributes = any(kind(name, "sensitive") for name in columns)
    return bool(traits) and len(traits) + attributes >= _FEWEST_TRAITS


def _measures(name: str) -> bool:
    """Return whether a column is a number of people or a figure about them, by its name."""
    return any(kind(name, role) for role in _FIGURES) and not key(name)


def confirmed(frame: pl.DataFrame, named: Candidates) -> People | None:
    """Return which of the candidates matter by their values; None where no key varies, or rows are groups.

    Args:
        frame: the table; all its columns, where the names leave open what the rows are.
        named: the candidates.
    """
    if not named.certain and _counts_groups(frame, named.keys):
        return None
    keys = tuple(name for name in named.keys if _varies(frame, name))
    sensitive = tuple(name for name in named.sensitive if name not in keys and _is_attribute(frame, name))
    weight = next((name for name in named.weights if _weighs(frame, name)), None)
    return People(keys, sensitive, weight) if keys else None


def people(frame: pl.DataFrame, known: Collection[str] = ()) -> People | None:
    """Return the columns that matter where a table's rows are people or households, by their names; else None.

    The choice is a proposal: which columns others know is for people to say (package.yaml).
    """
    named = candidates([name for name in frame.columns if name != ROW_NUMBER and name not in known])
    return confirmed(frame, named) if named else None


def _counts_groups(frame: pl.DataFrame, keys: Sequence[str]) -> bool:
    """Return whether a column has numbers above 1 in rows that are told apart by the others: counts of groups."""
    names = [name for name in frame.columns if name != ROW_NUMBER]
    counts = [
        name for name in names if name not in keys and not is_label(name) and _is_above_one(frame, name)
    ]
    others = [name for name in names if name not in counts]
    return bool(counts) and not frame.select(others).is_duplicated().any()


def _is_above_one(frame: pl.DataFrame, name: str) -> bool:
    return is_numeric(frame, name) and (frame.select(count(name).max()).item() or 0) > 1


def _varies(frame: pl.DataFrame, name: str) -> bool:
    """Return whether a column tells people apart; a single person is told by whatever is known of them."""
    values = frame[name].drop_nulls().n_unique()
    return values > 1 or values == frame.height == 1


def _is_attribute(frame: pl.DataFrame, name: str) -> bool:
    return 1 < frame[name].drop_nulls().n_unique() <= _MOST_VALUES


def _weighs(frame: pl.DataFrame, name: str) -> bool:
    numbers = frame[name].cast(pl.Float64, strict=False)
    return numbers.null_count() == 0 and bool((numbers > 0).all())


def findings(frame: pl.DataFrame, resource: str, about: People) -> list[Finding]:
    """Return what a table of people risks: the whole file, single records, small groups, groups of one answer.

    Args:
        frame: the table, with row_number.
        resource: its name.
        about: which columns matter.
    """
    risks = record_risks(frame, about.keys, about.weight)
    rows = pl.concat([frame.select(ROW_NUMBER), risks], how="horizontal")
    told = [*_of_file(summary(risks), resource, about), *_of_records(rows, resource, about)]
    return [
        *told,
        *(
            found
            for name in about.sensitive
            for found in _of_answers(frame, rows, resource, about.keys, name)
        ),
    ]


def _of_file(risk: Risk, resource: str, about: People) -> list[Finding]:
    if risk.share < HDX_HIGHEST:
        return []
    params: Params = {
        "percent": round(100 * risk.share, 1),
        "highest": 100 * HDX_HIGHEST,
        "keys": ", ".join(about.keys),
    }
    return [Finding("disclosure-risk", "error", resource, "", risk.records, (), "risk", params)]


def _of_records(rows: pl.DataFrame, resource: str, about: People) -> list[Finding]:
    """Single records at high risk; groups of one and two, which a sample's weights make less grave."""
    keys = ", ".join(about.keys)
    found = []
    grave: Severity = "warning" if about.weight else "error"
    looks: tuple[tuple[str, Severity, pl.Expr], ...] = (
        ("disclosure-risk-record", "error", high()),
        ("small-group", grave, pl.col("sample") < _FEWEST),
    )
    for slug, severity, condition in looks:
        at_risk = rows.filter(condition)
        if at_risk.height:
            params: Params = {"count": at_risk.height, "keys": keys, "fewest": _FEWEST}
            numbers = first_rows(at_risk[ROW_NUMBER])
            found.append(Finding(slug, severity, resource, "", at_risk.height, numbers, "risk", params))
    return found


def _of_answers(
    frame: pl.DataFrame, rows: pl.DataFrame, resource: str, keys: Sequence[str], name: str
) -> list[Finding]:
    """Groups of several people who all give the same answer: whoever knows the keys knows the answer."""
    several = rows["sample"] > 1
    among = diversity(frame.filter(several), keys, name)["distinct"]
    alike = rows.filter(several).filter(among < 2)  # noqa: PLR2004 - one answer
    if not alike.height:
        return []
    params: Params = {"count": alike.height, "keys": ", ".join(keys)}
    return [
        Finding(
            "one-answer",
            "warning",
            resource,
            name,
            alike.height,
            first_rows(alike[ROW_NUMBER]),
            kind(name, "sensitive"),
            params,
        )
    ]
