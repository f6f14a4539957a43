"""A first file of rules for a table of people: the remedies that the findings suggest, for a person to weigh.

What a finding suggests stands in `schemas/remedies.csv`. What is only to be looked at becomes a comment: nobody but the
officer knows whether the data are of any use without it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from hxl_kit.checks.forms import meaning_of
from hxl_kit.disclosure.aggregates import aggregate
from hxl_kit.disclosure.people import people
from hxl_kit.disclosure.words import folded, kind
from hxl_kit.errors import UsageError
from hxl_kit.package.people_table import column, label, whole
from hxl_kit.places.gazetteer import gazetteer
from hxl_kit.reading.table import shown
from hxl_kit.standard import schemas
from hxl_kit.validation.known_columns import known_columns
from hxl_kit.validation.screening import SETS, Look, screened_table
from hxl_kit.validation.selection import selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.reading import TableText
    from hxl_kit.validation.report import Issue

_UNWRAPPED = 10_000
_MOSTLY = 0.5
_OLDEST = 125
_HEAD = """# What is changed in a table of people before it is shared; `hxl-kit deidentify FILE --remedies THIS -o OUT.csv` does it.
# This is a proposal, made from what screening found: look at each entry, change it or take it out, and say why in
# your own words, which are published with the table. Keep this file: the secret behind moved places and new codes
# lies in the private folder beside it, and every later release needs both.
"""
_RARE = (
    "{keys}: when ages, days and places are coarser, rare-groups with these fields, the most needed first, "
    "empties what is left of groups below 3"
)
_DATE = r"^\d{4}-\d{2}-\d{2}|^\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}"


@dataclass
class Proposal:
    """Remedies with the columns and comments of each, in the order in which they are found."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    comments: list[list[str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that have a remedy."""
        return tuple(name for entry in self.entries for name in entry["fields"])

    def add(self, rule: str, fields: Sequence[str], comment: str = "", **more: Any) -> None:
        """Add a remedy for a rule of `schemas/remedies.csv`; a column that has one already gets no second."""
        new = [name for name in fields if name not in self.fields]
        if not new:
            return
        made = {**_suggested()[rule], **more}
        same = next(
            (n for n, e in enumerate(self.entries) if {**e, "fields": 0} == {**made, "fields": 0}), None
        )
        if same is None or rule in ("home-location", "precise-location"):
            self.entries.append({**made, "fields": new})
            self.comments.append([comment] if comment else [])
        else:
            self.entries[same]["fields"] += new
            self.comments[same] += [comment] if comment else []


@cache
def _suggested() -> dict[str, dict[str, Any]]:
    """Return by rule the remedy, its parameters and the reason, in the order in which entries are written."""
    with schemas.path_of("remedies.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["rule"]: {
                "remedy": row["remedy"],
                "fields": [],
                **dict(pair.split(": ") for pair in row["parameters"].split("; ") if pair),
                "why": row["why"],
            }
            for row in csv.DictReader(file)
        }


def proposed(text: TableText) -> tuple[str, int]:
    """Return a first file of rules for an open table, as YAML, and how many remedies it proposes.

    Raises:
        InputError: the table cannot be read.
    """
    frame, made = whole(text), Proposal()
    for issue in screened_table(text, text.path.name, Look(selected(SETS))):
        _of_finding(made, issue, text, frame)
    found = people(frame, list(known_columns(text)))
    for name in text.header if found else ():
        _of_person(made, frame, name, is_key=found is not None and name in found.keys)
    _without_both_ages(made)
    if found:
        left = [label(name, text.header) for name in found.keys if name not in _dropped(made)]
        made.left.append(_RARE.format(keys=", ".join(left)))
    named = tuple(f"{shown(label(name, text.header))}: " for name in made.fields)
    made.left = [told for told in made.left if not told.startswith(named)]
    for entry in made.entries:
        entry |= {
            key: [label(n, text.header) for n in entry[key]] for key in ("fields", "by") if key in entry
        }
    return _written(made), len(made.entries)


def _of_finding(made: Proposal, issue: Issue, text: TableText, frame: pl.DataFrame) -> None:
    """Propose a remedy for what stops a publication; what is to be looked at becomes a comment."""
    name, told = _column(issue.field, text.header), f"{issue.field or 'the table'}: {issue.told()}"
    if issue.severity != "error" or issue.rule not in _suggested() or not name:
        made.left.append(told)
    elif issue.rule in ("home-location", "precise-location"):
        if pair := _pair(name, text.header):
            made.add(issue.rule, pair, told)
        else:
            made.add("statement", [name], told, why=_suggested()[issue.rule]["why"])
    elif issue.rule == "small-count":
        found = aggregate(frame, text.path.name, list(known_columns(text)), {})
        if found is None or found.told:
            made.left.append(f"{told}; in some rows alone: suppress would keep the others' counts back too")
        else:
            made.add(issue.rule, list(found.counts), told, by=list(found.by))
    else:
        made.add(issue.rule, [name], told)


def _column(named: str, header: Sequence[str]) -> str:
    """Return the column that a finding names, as it shows it or by its number; "" where it names none."""
    by_label = {shown(name): name for name in header}
    if named in by_label:
        return by_label[named]
    try:
        return column(named, header)
    except UsageError:
        return ""


def _pair(name: str, header: Sequence[str]) -> list[str]:
    """Return latitude and longitude, where a column is one of them and the other one stands beside it by name."""
    meanings = {each: _axis(each) for each in header}
    axis = meanings.get(name)
    if axis is None:
        return []
    other = "longitude" if axis == "latitude" else "latitude"
    beside = [each for each, meaning in meanings.items() if meaning == other]
    place = header.index(name)
    nearest = min(beside, key=lambda each: abs(header.index(each) - place), default=None)
    if nearest is None:
        return []
    return [name, nearest] if axis == "latitude" else [nearest, name]


def _axis(name: str) -> str | None:
    meaning = meaning_of(name)
    if meaning in ("latitude", "longitude"):
        return meaning
    words = folded(name).split("_")
    return next(
        (axis for axis, short in (("latitude", "lat"), ("longitude", "lon")) if {axis, short} & {*words}),
        None,
    )


def _of_person(made: Proposal, frame: pl.DataFrame, name: str, *, is_key: bool) -> None:
    """Propose a coarser column for what others could know of a person: codes of small places; by keys, ages and days."""
    filled = frame[name].drop_nulls()
    ages = filled.cast(pl.Float64, strict=False).is_between(0, _OLDEST).fill_null(value=False)
    if _share(filled.is_in(_small_units().implode())) > _MOSTLY:
        made.add("unit", [name])
    elif not is_key:
        return
    elif kind(name, "key") == "age" and _share(ages) > _MOSTLY:
        made.add("age", [name])
    elif _share(filled.str.contains(_DATE)) > _MOSTLY:
        made.add("day", [name])
    elif kind(name, "key") == "place" and filled.n_unique() > 1:
        made.left.append(
            f"{name}: names of places; with age and sex, a small one tells on people: drop it, or leave it"
        )


def _dropped(made: Proposal) -> set[str]:
    return {name for entry in made.entries if entry["remedy"] == "drop" for name in entry["fields"]}


def _without_both_ages(made: Proposal) -> None:
    """Propose to drop dates of birth where ages are kept in bands: the year would tell what the band hides."""
    births = _suggested()["birth-date"]
    if any(entry["remedy"] == "age-bands" for entry in made.entries):
        for entry in made.entries:
            if entry["why"] == births["why"]:
                entry.pop("to", None)
                entry |= {
                    "remedy": "drop",
                    "why": "The age in bands says enough; a year of birth would tell more.",
                }


def _share(holds: pl.Series) -> float:
    return float(holds.sum()) / max(1, holds.len())


@cache
def _small_units() -> pl.Series:
    """Return the codes of units below level 2."""
    return gazetteer().units.filter(pl.col("level") > 2)["code"]  # noqa: PLR2004 - the level that places are kept to


def _written(made: Proposal) -> str:
    """Return a proposal as YAML: what each entry is for stands above it, what is left to look at at the end."""
    listed = CommentedSeq()
    for number, (entry, comments) in enumerate(zip(made.entries, made.comments, strict=True)):
        item = CommentedMap({key: _in_line(value) for key, value in entry.items()})
        listed.append(item)
        if comments:
            listed.yaml_set_comment_before_after_key(number, before="\n".join(comments), indent=2)
    text, yaml = io.StringIO(), YAML()
    yaml.width = _UNWRAPPED
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(CommentedMap({"remedies": listed}), text)
    left = (
        ["# To be looked at, without a remedy:", *(f"# - {told}" for told in made.left)] if made.left else []
    )
    return _HEAD + text.getvalue() + "".join(f"{line}\n" for line in left)


def _in_line(value: Any) -> Any:
    """Return a list so that it is written in one line."""
    if not isinstance(value, list):
        return value
    made = CommentedSeq(value)
    made.fa.set_flow_style()
    return made
