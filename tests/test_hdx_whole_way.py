"""The whole way of figures: provider file, normalise, build, plan, publish, pull, summarise; the totals stay equal.

What the totals must be is counted here from the provider's files, without hxl_kit. The study's columns low, best and
high are its compiler's own reading of the words, which `normalise` does not carry over: they check how words are read.
"""

from __future__ import annotations

import csv
import json
import sys
import uuid
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import openpyxl
import pytest

from hxl_kit.cli import _run, state

SOURCES = Path(__file__).parent / "data/sources"
UCDP = SOURCES / "ucdp_ged/ged_231_49_columns.csv"
STUDY = SOURCES / "reported_figures/study.csv"
DESK_SHEET = SOURCES / "reported_figures/desk.xlsx"

PACKAGE = """\
name: {name}
title: {name}
version: "1"
sensitivity: low
description: Figures that went the whole way.
methodology: As the provider says.
keywords: [conflict-violence]
licences: [{{name: CC-BY-4.0}}]
contributors: [{{title: An office, roles: [compiler]}}]
hdx: {{organisation: {organisation}, maintainer: {maintainer}, frequency: never}}
inputs: {inputs}
places: {{match: false}}
"""

CHOSEN = {
    ("civilian_killed", "71 civilians ..., including 20 children and three women"): "killed",
    ("civilian_killed", "503 civilians ... including 96 children and 49 women"): "killed",
    ("civilian_injured", "At least 228 ..., including 88 children and 53 women"): "injured",
    ("displaced_total", "An estimated 800,000 to 1 million people"): "new_displacement",
    ("refugee_returns", "58,350 (26% men, 28% women and 46% children)"): "refugee_returns",
    ("attacks", "At least 125"): "attacks",
    ("health_facilities_suspended", "At least 24"): "health_facilities_suspended",
}
"""The figures of the study that an officer recommends, and what each counts; no two count the same people."""
DESK = {"killed": (69, None), "idps_in_collective_sites": (0, None)}
"""What the desk recommends: at least 69 civilians killed; some 3,000 families in centres, which bounds nothing."""
INDONESIAN = {
    "334.000 (Indonesian thousands separator = 334,000)",
    "136.000",
    "lebih dari 40.000 (more than 40,000)",
}
"""Phrases in which only the language tells whether the dot parts thousands: their quantity stays unknown."""


@dataclass(frozen=True)
class Way:
    """Where one package lies at each stage."""

    normalised: Path
    built: Path
    pulled: Path


@pytest.fixture(scope="module")
def place(sandbox, tmp_path_factory):
    """A folder, with the sandbox's key in the environment."""
    folder = tmp_path_factory.mktemp("way")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HDX_KEY", sandbox.editor_key)
        patch.setenv("HXL_KIT_STATE", str(folder / "state"))
        yield folder


@pytest.fixture(scope="module")
def ucdp(sandbox, place):
    return travelled(sandbox, place / "ucdp", UCDP, "--source", "ucdp_ged", "--release", "23.1")


@pytest.fixture(scope="module")
def reported(sandbox, place):
    """The study with the figures that the officer recommends, and the desk's sheet with its claims."""
    study = place / "study.csv"
    rows = read(STUDY)
    for row in rows:
        row["role"] = "recommended" if (row["measure"], row["raw_phrase"]) in CHOSEN else ""
    write(study, rows)
    return travelled(
        sandbox, place / "reported", study, DESK_SHEET, "--source", "reported_figures", opened=True
    )


@pytest.fixture(params=["ucdp", "reported"])
def way(request):
    return request.getfixturevalue(request.param)


def hxl_kit(*arguments: object, code: int = 0) -> str:
    """Run `hxl-kit` in this process; return what it printed."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out:
        patch.setattr(sys, "argv", ["hxl-kit", *map(str, arguments)])
        patch.setattr(state, "debug", False)
        patch.setattr(state, "quiet", False)
        with redirect_stderr(StringIO()) as err:
            ended = _run()
    assert ended == code, err.getvalue()
    return out.getvalue()


def travelled(sandbox, folder, *arguments, opened=False):
    """Take provider files all the way; `opened`: the documents behind the figures turned out to be public."""
    name, target = f"way-{uuid.uuid4().hex[:12]}", f"hdx:{sandbox.url}"
    way = Way(folder / "tables", folder / name, folder / "pulled")
    hxl_kit("normalise", *arguments, "-o", way.normalised)
    if opened:
        documents = read(way.normalised / "sources.csv")
        write(way.normalised / "sources.csv", [{**row, "access": "public"} for row in documents])
    tables = [p for p in way.normalised.glob("*.csv") if not p.name.endswith(".hxl.csv")]
    inputs = [{"path": f"../tables/{path.name}", "table": path.stem} for path in sorted(tables)]
    way.built.mkdir()
    told = {"name": name, "organisation": sandbox.organisation, "maintainer": sandbox.maintainer}
    package = PACKAGE.format(**told, inputs=json.dumps(inputs))
    (way.built / "package.yaml").write_text(package, encoding="utf-8")
    hxl_kit("build", way.built)
    plan = folder / "plan.json"
    hxl_kit("plan", way.built, "--to", target, "-o", plan)
    hxl_kit("publish", "--plan", plan, "--yes")
    hxl_kit("pull", f"{target}/{name}", "-o", way.pulled)
    sandbox.purge(name)
    return way


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def desk_rows():
    sheet = openpyxl.load_workbook(DESK_SHEET).active
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def clean_tables(package):
    return {p.stem: read(p) for p in package.glob("*.csv") if not p.name.endswith(".hxl.csv")}


def figures_of(package):
    """The rows of all tables of figures with their documents' addresses; parts by sex and age left out."""
    tables = clean_tables(package)
    addresses = {row["source_id"]: row["url"] for row in tables["sources"]}
    rows = [row for name in ("casualties", "displacement", "indicators") for row in tables.get(name, [])]
    wholes = [row for row in rows if row["figure_id"].count(":") == 1]
    return {(row["quantity_text"], addresses[row["source_id"]]): row for row in wholes}


def answers(package, table):
    """What `summarise` says of a table; exit code 1 is a sum that it refuses in part."""
    told = hxl_kit("summarise", package, "--table", table, "--format", "json", code=refusing(package, table))
    return json.loads(told)


def refusing(package, table):
    return int(package.parent.name == "ucdp" and table in ("casualties", "events"))


def as_counted(value):
    return int(value) if value else None


def added(rows):
    """Σ low, Σ best and Σ high of (low, best, high), with how many of each are known."""
    columns = [[value for value in column if value is not None] for column in zip(*rows, strict=True)]
    return [(sum(column), len(column)) for column in columns]


# Both


def test_the_pulled_package_is_byte_for_byte_the_built_one(way):
    pulled = {p.name: p.read_bytes() for p in way.pulled.iterdir()}
    assert pulled == {p.name: p.read_bytes() for p in way.built.iterdir() if p.name != "package.yaml"}


def test_sums_of_the_pulled_package_are_those_before_publication(way):
    for name in {"casualties", "displacement", "indicators", "events"} & set(clean_tables(way.normalised)):
        assert answers(way.pulled, name) == answers(way.normalised, name)


def test_every_row_still_has_its_source(way):
    """A row names its source; a document that UCDP names stands with its event."""
    tables = clean_tables(way.pulled)
    of_events = {row["event_id"]: row["source_id"] for row in tables.get("events", [])}
    known = {row["source_id"] for row in tables["sources"]}
    for name, rows in tables.items():
        assert {row.get("source_id") or of_events[row["event_id"]] for row in rows} <= known, name
        assert len(rows) == len(read(way.normalised / f"{name}.csv"))


# UCDP: the estimates low, best and high of each event


def test_ucdp_deaths_are_those_of_the_file(ucdp):
    given = [(int(row["low"]), int(row["best"]), int(row["high"])) for row in read(UCDP)]
    events = read(ucdp.pulled / "events.csv")
    columns = ("fatalities_low", "fatalities", "fatalities_high")
    assert added([[as_counted(row[c]) for c in columns] for row in events]) == added(given)
    totals = [row for row in read(ucdp.pulled / "casualties.csv") if row["role"] == "recommended"]
    columns = ("value_low", "value", "value_high")
    assert added([[as_counted(row[c]) for c in columns] for row in totals]) == added(given)


def test_the_sum_of_ucdp_deaths_is_that_of_its_sound_ranges(ucdp):
    """Where the best estimate lies outside low and high, the row is kept, and not added."""
    given = read(UCDP)
    sound = [row for row in given if int(row["low"]) <= int(row["best"]) <= int(row["high"])]
    (killed,) = answers(ucdp.pulled, "casualties")["groups"]
    assert killed["low"] == sum(int(row["low"]) for row in sound)
    assert killed["high"] == sum(int(row["high"]) for row in sound)
    left_out = sum(one["count"] for one in killed["excluded"] if one["guard"] == "G11")
    assert (killed["rows"], left_out) == (len(sound), len(given) - len(sound))


def test_ucdp_documents_are_those_of_the_file(ucdp):
    (release,) = read(ucdp.pulled / "sources.csv")
    assert (release["version"], release["access"], release["licence"]) == ("23.1", "public", "CC-BY-4.0")
    assert {row["event_id"] for row in read(ucdp.pulled / "events.csv")} == {
        f"ucdp_ged:{row['id']}" for row in read(UCDP)
    }


# Reported figures: what the words say, and no more


def bounds(row):
    """The least and the most that a phrase allows, by the compiler's reading of it."""
    low, high = as_counted(row["low"]), as_counted(row["high"])
    match row["qualifier"]:
        case "at_least" | "order_of_magnitude":
            return low, None
        case "over" | "more_than":
            return low + 1, None
        case "under":
            return None, high - 1
        case "nearly":
            return None, high
        case "approximately" | "estimated" | "some":
            return (low, high) if row["low"] != row["high"] else (None, None)
    return low, high


def test_reported_figures_are_those_of_the_study_kind_by_kind(reported):
    pulled = figures_of(reported.pulled)
    given = [row for row in read(STUDY) if row["raw_phrase"] not in INDONESIAN]
    for kind in {row["measure"] for row in given}:
        rows = [row for row in given if row["measure"] == kind]
        found = [pulled[row["raw_phrase"], row["url"]] for row in rows]
        expected = [(low, as_counted(row["best"]), high) for row in rows for low, high in [bounds(row)]]
        assert added([[as_counted(f[c]) for c in ("value_low", "value", "value_high")] for f in found]) == (
            added(expected)
        ), kind
    assert {pulled[words, url]["value"] for words, url in pulled if words in INDONESIAN} == {""}


def test_killed_and_injured_stay_apart(reported):
    pulled = figures_of(reported.pulled)
    told = Counter(
        (r["measure"].split(":")[0], pulled[r["raw_phrase"], r["url"]].get("harm")) for r in read(STUDY)
    )
    assert {harm for measure, harm in told if measure.startswith("civilian_killed")} == {"killed"}
    assert {harm for measure, harm in told if measure == "civilian_injured"} == {"injured"}
    assert {harm for measure, harm in told if not measure.startswith("civilian")} == {None}


def test_the_sums_of_reported_figures_are_those_of_the_recommended_ones(reported):
    expected = dict.fromkeys(CHOSEN.values(), (0, 0)) | DESK
    for row in read(STUDY):
        if kind := CHOSEN.get((row["measure"], row["raw_phrase"])):
            (low, high), (least, most) = bounds(row), expected[kind]
            expected[kind] = (least + low, None if None in (high, most) else most + high)
    names = {"casualties": "harm", "displacement": "category", "indicators": "indicator"}
    groups = [(g[names[t]], g) for t in names for g in answers(reported.pulled, t)["groups"]]
    assert {kind: (g["low"], g["high"]) for kind, g in groups if g["low"] is not None} == expected


def test_who_denies_what_is_still_there(reported):
    denied = [row for row in desk_rows() if row["Denied_by"]]
    claims = read(reported.pulled / "claims.csv")
    said = [(c["claimant"], c["stance"], c["aspect"], c["quote"]) for c in claims]
    assert said == [(row["Denied_by"], "denies", row["Aspect"], row["Quote"]) for row in denied]
    (killed,) = (g for g in answers(reported.pulled, "casualties")["groups"] if g["harm"] == "killed")
    assert [(c["claimant"], c["counted"]) for c in killed["contested"]] == [("Ministry of Side A", True)]


def test_every_figure_leads_to_the_document_that_it_is_from(reported):
    given = Counter((row["raw_phrase"], row["url"]) for row in read(STUDY))
    given.update((row["Phrase"], row["Link"] or "") for row in desk_rows())
    assert set(given) == set(figures_of(reported.pulled))
