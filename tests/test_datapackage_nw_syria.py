"""The reference package nw-syria-2024: what was reported, attributed, in its own words, and not to be added up."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "datapackages/nw-syria-2024"
TABLES = ("sources", "events", "casualties", "displacement", "indicators", "claims")
FIGURES = ("casualties", "displacement", "indicators")
KIND = {"casualties": "harm", "displacement": "category", "indicators": "indicator"}
KEY = dict.fromkeys(FIGURES, "figure_id") | {"events": "event_id", "claims": "claim_id"}
QUANTITY = ["value", "value_low", "value_high", "qualifier", "bounds_basis", "unit"]
NEWS = "news-nws-2024"
DRONES = "news-nws-2024:drone-casualties"

COD_NAMES = {
    "SY02": "Aleppo",
    "SY03": "Rural Damascus",
    "SY04": "Homs",
    "SY05": "Hama",
    "SY07": "Idleb",
    "SY0501": "Hama",
    "SY0705": "Ariha",
}
"""Names of COD-AB Syria (2019 vintage)."""

OPEN_FLOWS = {"news-nws-2024:displaced-before-2020-03", "ifrc-mdrsy014:displaced:2024-11-27"}
"""The words of these flows give no beginning or no end; package.yaml says so."""


def read(name):
    frame = pl.read_csv(FOLDER / f"inputs/{name}.csv", infer_schema=False)
    numbers = [c for c in ("value", "value_low", "value_high") if c in frame.columns]
    return frame.with_columns(pl.col(numbers).cast(pl.Float64))


INPUTS = {name: read(name) for name in TABLES}
LINES = pl.read_csv(
    ROOT / "tests/data/nw_syria_lines.csv",
    schema_overrides={**dict.fromkeys(QUANTITY[:3], pl.Float64), "words": pl.String},
    infer_schema=False,
)


def row(name, identifier):
    found = INPUTS[name].filter(pl.col(KEY[name]) == identifier).rows(named=True)
    assert len(found) == 1, identifier
    return found[0]


def all_figures(tables):
    """Return the figures of the three tables in one frame, with `table`, `kind` and the `url` of the source."""
    frames = [
        tables[name].with_columns(
            pl.col("date_start", "date_end").cast(pl.String),
            table=pl.lit(name),
            kind=pl.col(KIND[name]),
        )
        for name in FIGURES
    ]
    urls = tables["sources"].select("source_id", "url", "publisher")
    return pl.concat(frames, how="diagonal_relaxed").join(urls, on="source_id", how="left")


def rows_of_line(figures, line):
    found = figures.filter(url=line["url"], quantity_text=line["words"])
    end = pl.coalesce(pl.col("as_of").cast(pl.String), pl.col("date_end"))
    return found.filter(end.eq_missing(pl.lit(line["period_end"])))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    from hxl_kit.package.author import read_package_yaml
    from hxl_kit.package.build import build_package

    return build_package(read_package_yaml(FOLDER), tmp_path_factory.mktemp("nw-syria") / "p")


@pytest.fixture(scope="module")
def tables(built):
    return {name: pl.read_parquet(built.path / f"{name}.parquet") for name in TABLES}


# The news report


def test_drone_casualties_are_over_80_and_nobody_is_said_to_be_dead():
    figure = row("casualties", DRONES)
    assert figure["quantity_text"] == "over 80"
    assert figure["harm"] == "casualties_unspecified"
    assert (figure["person_status"], figure["weapon"], figure["claimed_by"]) == (
        "civilian",
        "drone",
        "rebels",
    )
    assert (figure["date_start"], figure["date_end"], figure["date_precision"]) == (
        "2024-01-01",
        None,
        "year",
    )
    assert figure["alleged_perpetrator"] is None
    assert INPUTS["casualties"].filter(source_id=NEWS, harm="killed").is_empty()


def test_the_government_denies_the_intent_and_nothing_else():
    denials = INPUTS["claims"].filter(stance="denies").rows(named=True)
    assert [(d["claimant"], d["aspect"], d["about_table"], d["about_id"]) for d in denials] == [
        ("Syrian government", "intent", "casualties", DRONES)
    ]
    assert denials[0]["quote"] == "denies targeting civilians"


@pytest.mark.parametrize(
    ("claimant", "about", "aspect"),
    [
        ("rebels", DRONES, "count"),
        ("rebels", "news-nws-2024:drone-strikes", "occurrence"),
        ("Syrian government", "news-nws-2024:drone-strikes", "intent"),
        ("Syrian army", "news-nws-2024:offensive", "occurrence"),
        ("rebels", "news-nws-2024:offensive", "intent"),
        ("Turkish security sources", "news-nws-2024:offensive", "intent"),
    ],
)
def test_assertions_of_the_report(claimant, about, aspect):
    found = INPUTS["claims"].filter(claimant=claimant, about_id=about, aspect=aspect)
    assert found["stance"].to_list() == ["asserts"]


def test_the_report_itself_is_unknown_and_stays_empty():
    source = INPUTS["sources"].filter(source_id=NEWS).rows(named=True)[0]
    assert source["source_type"] == "news"
    assert [source[c] for c in ("title", "publisher", "url", "date_published")] == [None] * 4


@pytest.mark.parametrize(
    ("event", "event_type", "start", "end", "precision"),
    [
        ("offensive", "offensive", "2024-11-27", None, "day"),
        ("drone-strikes", "explosion_remote_violence", "2024-01-01", None, "year"),
        ("nayrab-airport-attacks", "other", None, None, "unknown"),
        ("air-strikes:2024-11-28", "explosion_remote_violence", "2024-11-28", "2024-11-28", "day"),
        ("southern-idlib-strikes", "explosion_remote_violence", None, None, "unknown"),
        ("ceasefire:2020-03", "strategic_development", "2020-03-01", "2020-03-31", "month"),
    ],
)
def test_events_of_the_report(event, event_type, start, end, precision):
    found = row("events", f"{NEWS}:{event}")
    dates = (found["date_start"], found["date_end"], found["date_precision"])
    assert (found["event_type"], dates) == (event_type, (start, end, precision))
    assert "fatalities" not in found


# The 52 reported figures


@pytest.mark.parametrize(
    "line", LINES.rows(named=True), ids=lambda line: f"{line['measure']}-{line['words'][:20]}"
)
def test_every_reported_figure_is_there_once_in_its_words(line):
    found = rows_of_line(all_figures(INPUTS), line).rows(named=True)
    assert len(found) == 1
    figure = found[0]
    kinds = {
        "killed": ("casualties", "killed"),
        "injured": ("casualties", "injured"),
        "attacks": ("indicators", "attacks"),
        "massacres": ("indicators", "massacres"),
        "health_facilities": ("indicators", "health_facilities_suspended"),
        "collective": ("displacement", "idps_in_collective_sites"),
        "idp_returns": ("displacement", "idp_returns"),
        "refugee_returns": ("displacement", "refugee_returns"),
        "displaced": ("displacement", "new_displacement"),
        "arrivals": ("displacement", "border_arrivals" if line["geo_text"] == "Iraq" else "new_displacement"),
    }
    expected = next(kind for word, kind in kinds.items() if word in line["measure"])
    assert (figure["table"], figure["kind"], figure["unit"]) == (*expected, line["unit"])
    if not figure["as_of"]:
        assert (figure["date_start"], figure["date_end"]) == (line["period_start"], line["period_end"])


def test_there_are_52_lines_and_no_other_total():
    assert LINES.height == 52
    figures = all_figures(INPUTS).filter(pl.col("source_id") != NEWS)
    part = (pl.col("age_group").is_in(["child", "adult"])) | (
        pl.col("quantity_text").str.contains("newly|twice|^100|^over 150|^peak")
    )
    totals = figures.filter(
        ~part.fill_null(False) | pl.col("figure_id").str.contains("ariha:2024-11-26:children")
    )
    assert totals.height == LINES.height


def test_who_passes_on_a_figure_is_its_publisher_and_who_states_it_its_claimant():
    figures = all_figures(INPUTS)
    passed_on = figures.filter(pl.col("publisher").is_in(["DNA", "IFP", "mindthedrift", "Levant24", "SOC"]))
    pairs = set(passed_on.select("publisher", "claimed_by").iter_rows())
    assert pairs == {
        ("DNA", "OCHA"),
        ("IFP", "OCHA"),
        ("mindthedrift", "OCHA"),
        ("Levant24", "SNHR"),
        ("SOC", "Syria Civil Defence"),
    }


def test_parts_by_alleged_perpetrator_are_those_that_were_reported():
    totals = INPUTS["casualties"].filter(
        pl.col("alleged_perpetrator").is_not_null(), sex="all", age_group="all"
    )
    for source, words in {
        "snhr-2024-12-04": ["105", "27", "8", "5", "4"],
        "levant24-2025-01": ["223", "13", "108", "151"],
    }.items():
        parts = totals.filter(source_id=source)
        assert parts["quantity_text"].to_list() == words
        assert parts["role"].unique().to_list() == ["triangulation"]
    assert 105 + 27 + 8 + 5 + 4 == 149
    assert 223 + 13 + 108 + 151 != 503


@pytest.mark.parametrize(
    ("claimant", "about", "other"),
    [
        (
            "SNHR",
            "snhr-november-2024-title:killed:2024-11:women",
            "snhr-november-2024-body:killed:2024-11:women",
        ),
        (
            "hxl_kit",
            "ifp-one-million-displaced:collective-sites:north-east:2024-12-12",
            "mindthedrift-214:collective-sites:north-east:2024-12-12",
        ),
    ],
)
def test_numbers_that_disagree_are_both_kept_and_a_claim_says_so(claimant, about, other):
    claim = INPUTS["claims"].filter(claimant=claimant, about_id=about).rows(named=True)[0]
    assert (claim["stance"], claim["aspect"]) == ("disputes", "count")
    disputed, kept = (row(claim["about_table"], identifier) for identifier in (about, other))
    assert disputed["overlap_group"] == kept["overlap_group"] is not None
    assert disputed["role"] == kept["role"] == "triangulation"
    assert claim["source_id"] == kept["source_id"]


# What must hold between the rows


@pytest.mark.parametrize("name", TABLES)
def test_ids_are_unique_and_every_row_has_its_source(name):
    frame = INPUTS[name]
    key = KEY.get(name, "source_id")
    assert frame[key].is_unique().all()
    sources = INPUTS["sources"]
    assert set(frame["source_id"]) <= set(sources["source_id"])
    assert sources.filter(pl.col("url").is_null())["source_id"].to_list() == [NEWS]
    used = set().union(*(INPUTS[table]["source_id"] for table in TABLES[1:]))
    assert used == set(sources["source_id"])


def test_claims_and_figures_refer_to_rows_that_exist():
    for claim in INPUTS["claims"].rows(named=True):
        assert row(claim["about_table"], claim["about_id"])
    for name in ("casualties", "indicators"):
        assert set(INPUTS[name]["event_id"].drop_nulls()) <= set(INPUTS["events"]["event_id"])
    displacement = INPUTS["displacement"]
    assert set(displacement["supersedes"].drop_nulls()) <= set(displacement["figure_id"])


@pytest.mark.parametrize("name", ["casualties", "displacement"])
def test_at_most_one_figure_of_an_overlap_group_is_recommended(name):
    """G4, and more: one per group and harm or category, whatever its breakdown."""
    chosen = INPUTS[name].filter(pl.col("overlap_group").is_not_null(), role="recommended")
    assert chosen.select("overlap_group", KIND[name]).is_unique().all()
    assert set(chosen["overlap_group"]) == set(INPUTS[name]["overlap_group"].drop_nulls())


def test_recommended_figures():
    chosen = {name: set(INPUTS[name].filter(role="recommended")["figure_id"]) for name in FIGURES}
    assert chosen["casualties"] == {
        DRONES,
        "ocha-2024-12-03:killed:2024-11-26/2024-12-02",
        "ocha-2024-12-03:injured:2024-11-26/2024-12-02",
    }
    assert chosen["displacement"] == {
        "unhcr-2024-12-13:displaced:2024-11-27/2024-12-13",
        "ocha-2024-12-05:collective-sites:north-east:2024-12-05",
        "drc-situation-report-6:collective-sites:hama-homs:2024-12-04",
        "unhcr-2024-12-13:idp-returns-from-camps:2024-12-06/2024-12-13",
        "unhcr-2024-12-27:refugee-returns:2024-12-08/2024-12-27",
        "unhcr-2024-12-13:border-arrivals:iraq:2024-12-08/2024-12-13",
    }
    assert chosen["indicators"] == set(INPUTS["indicators"]["figure_id"])


def test_killed_and_injured_and_displaced_are_one_group_each():
    """Their places and periods meet, so a second group would let two overlapping figures be added."""
    for table, kinds in {"casualties": ["killed", "injured"], "displacement": ["new_displacement"]}.items():
        for kind in kinds:
            figures = INPUTS[table].filter(
                pl.col(KIND[table]) == kind, ~pl.col("figure_id").is_in(OPEN_FLOWS)
            )
            assert figures["overlap_group"].n_unique() == 1, kind
            assert figures["overlap_group"].null_count() == 0


def test_a_stock_has_a_day_and_a_flow_has_a_period():
    """G1."""
    stocks, flows = (INPUTS["displacement"].filter(measure=m) for m in ("stock", "flow"))
    assert stocks["as_of"].null_count() == 0
    assert stocks.select("date_start", "date_end").null_count().row(0) == (stocks.height,) * 2
    assert flows["as_of"].null_count() == flows.height
    open_flows = flows.filter(pl.any_horizontal(pl.col("date_start", "date_end").is_null()))
    assert set(open_flows["figure_id"]) == OPEN_FLOWS
    assert set(open_flows["role"]) == {"triangulation"}


def test_households_are_not_people():
    displacement = INPUTS["displacement"]
    families = displacement.filter(pl.col("quantity_text").str.contains("families"))
    assert families.height == 2
    assert set(families.select("counts", "unit", "role").iter_rows()) == {
        ("households", "household", "triangulation")
    }
    assert set(displacement.filter(unit="person")["counts"]) == {"people"}


def test_p_codes_bear_their_names_and_a_release():
    for name in ("events", *FIGURES):
        frame = INPUTS[name]
        coded = [c for c in frame.columns if c.endswith("_code") and "admin" in c]
        has_code = pl.any_horizontal(pl.col(coded).is_not_null()) if coded else pl.lit(value=False)
        for code in coded:
            pairs = frame.select(code, code.replace("_code", "_name")).drop_nulls(code).unique()
            assert {c: COD_NAMES.get(c) for c, _ in pairs.iter_rows()} == dict(pairs.iter_rows())
        assert set(frame.filter(has_code)["pcode_method"]) <= {"reviewed"}
        assert set(frame.filter(~has_code)["pcode_method"]) <= {"none"}
        assert "latitude" not in frame.columns


def test_several_units_get_no_code():
    for name in FIGURES:
        several = INPUTS[name].filter(pl.col("place_name").str.contains(";"))
        assert set(several["geo_precision"]) <= {"vague_area"}
        for column in ("admin1_code", "admin2_code"):
            if column in several.columns:
                assert several[column].null_count() == several.height


# The built package


def test_build_takes_every_row(built):
    assert built.rejected_rows == 0
    assert built.rows == {name: INPUTS[name].height for name in TABLES}
    assert built.changes == {}


def test_the_headline_figure_as_built(tables):
    figure = tables["casualties"].filter(figure_id=DRONES).rows(named=True)[0]
    assert [figure[c] for c in QUANTITY] == [80, 81, None, "more_than", "stated", "person"]
    assert (figure["sex"], figure["age_group"], figure["population_group"]) == ("all", "all", "all")


@pytest.mark.parametrize(
    ("table", "identifier", "quantity"),
    [
        ("indicators", "resident-population", [3_000_000, 3_000_001, None, "more_than", "stated", "person"]),
        ("indicators", "settlements-affected", [12, None, None, "approximately", None, "settlement"]),
        ("indicators", "advance-distance", [10, None, 10, "nearly", "stated", "km"]),
        (
            "displacement",
            "displaced-before-2020-03",
            [None, 2_000_000, None, "order_of_magnitude", "convention:plural-v1", "person"],
        ),
    ],
)
def test_other_quantities_of_the_report_as_built(tables, table, identifier, quantity):
    figure = tables[table].filter(figure_id=f"{NEWS}:{identifier}").rows(named=True)[0]
    if quantity[3] == "approximately":
        assert figure["bounds_basis"] in {None, "stated"}
        quantity = [*quantity[:4], figure["bounds_basis"], quantity[5]]
    assert [figure[c] for c in QUANTITY] == quantity


@pytest.mark.parametrize(
    "line", LINES.rows(named=True), ids=lambda line: f"{line['measure']}-{line['words'][:20]}"
)
def test_reported_quantities_as_built(tables, line):
    figure = rows_of_line(all_figures(tables), line).rows(named=True)[0]
    compared = [c for c in QUANTITY if not (c == "bounds_basis" and line["qualifier"] == "approximately")]
    assert [figure[c] for c in compared] == [line[c] for c in compared]


def test_parts_never_exceed_their_total(tables):
    """G9. A part's id is its total's with one word more; the women, children and men together fit in as well."""
    casualties = tables["casualties"]
    parts = casualties.filter(pl.col("figure_id").str.contains(r":(children|women|men)$"))
    named = parts.with_columns(total_id=pl.col("figure_id").str.replace(r":[a-z]+$", ""))
    sums = named.group_by("total_id").agg(
        pl.col("value").sum(), pl.col("source_id", "overlap_group", "harm").first()
    )
    totals = casualties.select(
        total_id="figure_id",
        total="value",
        total_source="source_id",
        total_group="overlap_group",
        total_harm="harm",
    )
    held = sums.join(totals, on="total_id", how="left")
    without = held.filter(pl.col("total").is_null())["total_id"].to_list()
    assert without == ["ocha-2024-11-28:killed:ariha:2024-11-26"]
    compared = held.drop_nulls("total")
    assert (compared["value"] <= compared["total"]).all()
    for own, of_total in (
        ("source_id", "total_source"),
        ("overlap_group", "total_group"),
        ("harm", "total_harm"),
    ):
        assert (compared[own] == compared[of_total]).all()
    assert set(parts["role"]) == {"triangulation"}
    assert set(parts.select("sex", "age_group").iter_rows()) == {
        ("all", "child"),
        ("female", "adult"),
        ("male", "adult"),
    }


def test_parts_of_displacement_never_exceed_their_total(tables):
    values = dict(tables["displacement"].select("figure_id", pl.coalesce("value", "value_high")).iter_rows())
    parts = {identifier: identifier.rpartition(":")[0] for identifier in values}
    nested = {part: total for part, total in parts.items() if total in values}
    assert len(nested) == 4
    assert all(values[part] <= values[total] for part, total in nested.items())


def test_same_inputs_same_bytes(built, tmp_path):
    from hxl_kit.package.author import read_package_yaml
    from hxl_kit.package.build import build_package

    again = build_package(read_package_yaml(FOLDER), tmp_path / "p").path
    first, second = (
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}
        for folder in (built.path, again)
    )
    assert first == second


def test_inputs_are_utf_8_with_line_feeds():
    for name in TABLES:
        data = (FOLDER / f"inputs/{name}.csv").read_bytes()
        assert data.decode("utf-8").endswith("\n")
        assert b"\r" not in data
        assert not data.startswith(b"\xef\xbb\xbf")
