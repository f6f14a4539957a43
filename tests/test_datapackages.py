"""The reference packages: what is committed is what `hxl-kit build` makes of package.yaml."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from hxl_kit.package.author import read_package_yaml
from hxl_kit.package.build import build_package
from hxl_kit.reading.packages import read_package, verify_files
from hxl_kit.validation.engine import validate

FOLDER = Path(__file__).parents[1] / "datapackages"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/package.yaml"))
LIBRARY_MADE = {"parquet", "xlsx"}


@pytest.fixture(scope="module", params=NAMES)
def pair(request, tmp_path_factory):
    committed = FOLDER / request.param
    built = tmp_path_factory.mktemp(request.param) / request.param
    build_package(read_package_yaml(committed), built)
    return committed, built


def test_both_reference_packages_are_there():
    assert NAMES == ["nw-syria-2024", "ucdp-ged-syria"]


def test_csv_files_are_in_sync(pair):
    committed, built = pair
    names = {path.name for path in built.glob("*.csv")}
    assert names
    assert {path.name for path in committed.glob("*.csv")} == names
    for name in names:
        assert (committed / name).read_bytes() == (built / name).read_bytes(), run(committed, name)


def test_descriptor_is_in_sync(pair):
    """Hash and size of Parquet files and workbooks depend on the libraries' versions; all else must agree."""
    committed, built = pair
    assert described(committed) == described(built), run(committed, "datapackage.json")


def test_parquet_files_hold_the_same_rows(pair):
    committed, built = pair
    for path in built.glob("*.parquet"):
        assert pl.read_parquet(committed / path.name).equals(pl.read_parquet(path)), run(committed, path.name)


def test_committed_files_are_what_their_descriptor_says(pair):
    assert verify_files(read_package(pair[0])) == []


def test_committed_package_is_valid(pair):
    report = validate(pair[0], ["all"], limit=10)
    assert report.counts["error"] == 0, report.issues
    tables = [pl.scan_csv(path) for path in pair[0].glob("*.csv") if not path.name.endswith(".hxl.csv")]
    assert report.rows == sum(rows.select(pl.len()).collect().item() for rows in tables)


def test_totals_of_ucdp_are_those_of_its_input():
    committed = FOLDER / "ucdp-ged-syria"
    raw = pl.read_csv(committed / "inputs" / "ged_191_syria_2019_q4.csv.gz", infer_schema=False)
    events = pl.read_csv(committed / "events.csv")
    for column, field in {"low": "fatalities_low", "best": "fatalities", "high": "fatalities_high"}.items():
        assert events[field].sum() == raw[column].cast(pl.Int64).sum()
    assert events.height == raw.height == 451


def described(folder: Path) -> dict:
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if resource["format"] in LIBRARY_MADE:
            del resource["hash"], resource["bytes"]
    return descriptor


def run(committed: Path, name: str) -> str:
    return f"{name} is out of date. Run: hxl-kit build datapackages/{committed.name}"
