"""What sdcMicro says of small tables, recorded in tests/data/disclosure (its README says where from)."""

from pathlib import Path

import polars as pl
import pytest

from hxl_kit.disclosure import record_risks, summary
from hxl_kit.disclosure.diversity import diversity

DATA = Path(__file__).parent / "data" / "disclosure"


def tables(name):
    frame = pl.read_csv(DATA / name, infer_schema_length=None)
    texts = [c for c in frame.columns if c in {"a", "b", "c", "d", "key1", "key2", "key3", "key4"}]
    parts = frame.with_columns(pl.col(texts).cast(pl.String)).partition_by("table", as_dict=True)
    return {str(key[0]): part for key, part in parts.items()}


PUBLISHED = tables("sdcmicro_published.csv")
RANDOM = tables("sdcmicro_risk.csv")


@pytest.mark.parametrize("table", PUBLISHED)
def test_published_figures(table):
    frame = PUBLISHED[table]
    keys = [key for key in ("key1", "key2", "key3", "key4") if frame[key].is_not_null().any()]
    risks = record_risks(frame, keys, "w")
    assert risks["sample"].to_list() == frame["f_k"].to_list()
    for column, found in (("F_k", risks["population"]), ("risk", risks["risk"])):
        if frame[column].is_not_null().any():
            assert found.to_list() == pytest.approx(frame[column].to_list(), abs=6e-9)
    if frame["exact"].is_not_null().any():
        exact = record_risks(frame, keys, "w", "exact")["risk"]
        assert exact.to_list() == pytest.approx(frame["exact"].to_list(), abs=6e-9)


@pytest.mark.parametrize("table", RANDOM)
def test_random_tables(table):
    frame = RANDOM[table]
    keys, weight = frame["keys"][0].split(), "w" if (frame["w"] != 1).any() else None
    risks = record_risks(frame, keys, weight)
    assert risks["sample"].to_list() == frame["f_k"].to_list()
    assert risks["population"].to_list() == pytest.approx(frame["F_k"].to_list(), abs=1e-6)
    assert risks["risk"].to_list() == pytest.approx(frame["risk"].to_list(), abs=1e-11)
    exact = record_risks(frame, keys, weight, "exact")["risk"].to_list()
    assert exact == pytest.approx(frame["exact"].to_list(), abs=1e-8)
    assert summary(risks).high == frame["high"][0]


def test_diversity():
    frame = pl.read_csv(DATA / "sdcmicro_ldiversity.csv").with_columns(pl.col("value").cast(pl.String))
    found = diversity(frame, ["group"], "value")
    assert found["distinct"].to_list() == frame["distinct"].to_list()
    assert found["recursive"].to_list() == frame["recursive"].to_list()
    assert found["entropy"].to_list() == pytest.approx(frame["entropy"].to_list(), abs=1e-10)


def test_diversity_where_a_key_is_empty():
    """sdcMicro's tests/testthat/test_ldiversity.R: an empty key is a value of its own."""
    frame = pl.DataFrame(
        {
            "sex": ["f", "f", "f", "m", "m", "f", "f"],
            "occupation": [None, None, None, "teacher", "teacher", "nurse", "nurse"],
            "sensitive": ["1", "0", "2", "1", "0", "0", "1"],
        }
    )
    assert diversity(frame, ["sex", "occupation"], "sensitive")["distinct"].to_list() == [3, 3, 3, 2, 2, 2, 2]
