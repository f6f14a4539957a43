"""The gazetteer: units with P-codes, each under its parent, all their names, and editions that say where they are from."""

import csv
import gzip
import hashlib
import importlib.util
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from hxl_kit.errors import DataError, InputError, UsageError
from hxl_kit.places.gazetteer import all_units, gazetteer, gazetteer_of, labelled, release, store, units
from hxl_kit.places.gazetteer.admin_tables import units_in
from hxl_kit.places.gazetteer.checking import checked
from hxl_kit.places.gazetteer.making import Reading, made
from hxl_kit.places.gazetteer.merging import SPOKEN, merged
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.tables import table

SCRIPT = Path(__file__).parents[1] / "scripts/refresh_gazetteer.py"
UNIT = ["location_code", "level", "code"]
KINDS = {"official", "local", "alternate", "former"}


@pytest.fixture(scope="module")
def refresh():
    spec = importlib.util.spec_from_file_location("refresh_gazetteer", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def own_store(tmp_path, monkeypatch):
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "store"))
    gazetteer.cache_clear()
    yield tmp_path / "store"
    gazetteer.cache_clear()


def of(edition, *rows, kind="boundaries", name=None, countries=("SYR",)):
    """A release and its table; rows are (level, code, parent, name) and perhaps kind and language."""
    schema = ("level", "code", "parent_code", "name", "kind", "language")
    filled = [(*row, "official", "en")[:6] if len(row) == 4 else row for row in rows]
    frame = pl.DataFrame(filled, schema, orient="row").with_columns(
        pl.col("level").cast(pl.UInt8), location_code=pl.lit("SYR"), valid_from=pl.lit(None, pl.Date)
    )
    known = store.Release(
        name or f"r{edition}", "", "", "", "", "", edition=edition, kind=kind, countries=countries
    )
    return known, frame.select(store.COLUMNS)


def names_of(found, code):
    return found.names.filter(pl.col("code") == code).select("name", "kind", "language").rows()


# What is built in.


def test_units_of_a_country():
    first, second = units("SYR", 1), units("SYR", 2)
    assert first.height == 14
    assert dict(first.select("code", "name").rows())["SY02"] == "Aleppo"
    assert dict(second.select("code", "parent_code").rows())["SY0202"] == "SY02"
    assert units("FRA", 1).height == 0


def test_every_unit_of_all_countries_has_one_code_of_the_standards_form():
    every = all_units()
    assert every.height == release().units == every["code"].n_unique()
    assert every.null_count().row(0) == (0,) * every.width
    assert set(every["level"]) == {1, 2}
    assert set(every["location_code"]) <= set(codelist("location").values)
    pattern = table("events")["admin1_code"].constraints["pattern"]
    assert every["code"].str.contains(rf"\A(?:{pattern})\z").all()


def test_merged_units_lie_within_units():
    found = gazetteer().units
    assert not found.select(UNIT).is_duplicated().any()
    assert found.drop("valid_from").null_count().row(0) == (0,) * (found.width - 1)
    first = found.filter(pl.col("level") == 1)
    assert (first["parent_code"] == first["location_code"]).all()
    above = found.select("location_code", above="level", parent_code="code")
    inside = found.filter(pl.col("level") > 1).join(above, on=["location_code", "parent_code"])
    assert inside.height == found.height - first.height
    assert (inside["above"] < inside["level"]).all()


def test_what_is_built_in():
    found = gazetteer()
    deep = (
        found.units.filter(pl.col("level") > 2)
        .group_by("location_code", "level")
        .len()
        .sort("location_code", "level")
    )
    assert deep.rows() == [
        ("ARM", 3, 805),
        ("CAF", 3, 169),
        ("IDN", 3, 7069),
        ("SYR", 3, 272),
        ("SYR", 4, 5713),
    ]
    editions = dict(
        found.units.filter(pl.col("level") == 2).select("location_code", "release").unique().rows()
    )
    assert editions["AFG"] == "cod-ab-afg-2021-11-17", "newer than the table of all countries"
    assert editions["SYR"] == "global-pcodes-2024-10-31", "valid from 2020, the other list is of 2019"
    assert editions["COD"] == "global-pcodes-2024-10-31", "tables of population give names only"
    assert editions["MKD"] == "cod-ab-mkd"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("SY0405", "تدمر"),
        ("SY020000", "مركز جبل سمعان"),
        ("UA46", "Львівська"),
        ("UA80", "Київ"),
        ("AF01", "کابل"),
        ("AM01", "Երևան"),
        ("MK00104", "Кавадарци"),
        ("CF124", "Boganangone"),
        ("CF412", "Dékoa"),
        ("CD92", "Kasaï"),
    ],
)
def test_names_in_other_languages(code, name):
    assert name in gazetteer().names.filter(pl.col("code") == code)["name"].to_list()


def test_a_code_that_another_release_gives_to_a_neighbour_brings_no_name():
    assert names_of(gazetteer(), "CF125") == [("Boganda", "official", "")], "Boganangone in the other table"
    assert "Київська" not in [name for name, *_ in names_of(gazetteer(), "UA80")], (
        "the oblast around the city"
    )


def test_names_are_those_of_units_the_official_first_and_each_once():
    found = gazetteer()
    assert set(found.names["kind"]) == KINDS
    first = found.names.unique(UNIT, keep="first", maintain_order=True)
    both = found.units.select(*UNIT, "name", "parent_code").join(first, on=[*UNIT, "name", "parent_code"])
    assert both.height == found.units.height
    assert (both["kind"] == "official").all()
    once = found.names.with_columns(pl.col("name").str.to_lowercase())
    assert not once.select(*UNIT, "name").is_duplicated().any()


def test_names_in_some_languages():
    latin = gazetteer().in_languages("en").names
    assert set(latin["language"]) == {"", "en"}
    assert latin["name"].str.contains(r"\p{Arabic}|\p{Cyrillic}").any() is False
    arabic = (
        gazetteer().in_languages("ar").names.filter(pl.col("location_code") == "SYR", pl.col("level") == 2)
    )
    assert arabic["code"].n_unique() == 62


def test_aliases_are_of_units_and_of_no_neighbour():
    given = pl.read_csv(schemas.path_of("gazetteers", "aliases.csv"), schema_overrides={"level": pl.UInt8})
    found = gazetteer()
    assert given.join(found.units, on=UNIT, how="anti").height == 0
    assert given.select(pl.col("name", "language", "source", "kind")).null_count().row(0) == (0, 0, 0, 0)
    assert set(given["kind"]) <= KINDS - {"official"}
    assert not given.select(*UNIT, "name", "language").is_duplicated().any()
    official = found.names.filter(pl.col("kind") == "official").with_columns(spoken=SPOKEN)
    clash = given.with_columns(spoken=SPOKEN).join(official, on=["location_code", "level", "spoken"])
    assert clash.filter(pl.col("code") != pl.col("code_right")).height == 0
    among = (
        given.with_columns(spoken=SPOKEN)
        .group_by("location_code", "level", "spoken")
        .agg(pl.col("code").n_unique())
    )
    assert among["code"].max() == 1


def test_releases_say_where_they_are_from():
    assert release().id == "global-pcodes-2024-10-31"
    assert release().left_out == ("SOM level 2, no P-code: 'Unspecified'",)
    for one in gazetteer().releases:
        assert one.licence.startswith("CC BY")
        assert "OCHA" in one.attribution
        assert one.url.startswith("https://")
        assert len(one.sha256) == len(one.table_sha256) == 64
        assert store.table_of(one)["code"].n_unique() == one.units


def test_packed_releases_are_small():
    folder = schemas.path_of("gazetteers")
    assert sum(path.stat().st_size for path in folder.glob("*.csv.gz")) < 1_500_000


def test_label_ends_in_the_code():
    labels = units("SYR", 1).select(labelled()).to_series()
    assert labels[1] == "Aleppo · SY02"


# Merging.


def test_newest_edition_has_the_units_and_the_others_names():
    old = of(
        "2019",
        (1, "SY01", "SYR", "Dimashq"),
        (1, "SY99", "SYR", "Gone"),
        (1, "SY01", "SYR", "دمشق", "local", "ar"),
    )
    new = of("2020-12-17", (1, "SY01", "SYR", "Damascus"), (1, "SY02", "SYR", "Aleppo"))
    for releases in ([old, new], [new, old]):
        found = merged(releases)
        assert found.units.select("code", "name", "release").rows() == [
            ("SY01", "Damascus", "r2020-12-17"),
            ("SY02", "Aleppo", "r2020-12-17"),
        ]
        assert names_of(found, "SY01")[:3] == [
            ("Damascus", "official", "en"),
            ("Dimashq", "former", "en"),
            ("دمشق", "local", "ar"),
        ]
        assert found.former.select("code", "name", "release").rows() == [("SY99", "Gone", "r2019")]


def test_tables_of_population_give_units_only_where_there_are_no_others():
    boundaries = of("2015", (1, "SY01", "SYR", "Damascus"))
    people = of(
        "2022",
        (1, "SY01", "SYR", "Damas"),
        (1, "SY07", "SYR", "X"),
        (2, "SY0100", "SY01", "Y"),
        kind="population",
    )
    found = merged([people, boundaries])
    assert found.units["code"].to_list() == ["SY01", "SY0100"]
    assert ("Damas", "alternate", "en") in names_of(found, "SY01")


def test_a_unit_whose_parent_is_gone_is_not_current():
    old = of(
        "2019",
        (1, "SY01", "SYR", "A"),
        (1, "SY02", "SYR", "B"),
        (2, "SY0201", "SY02", "C"),
        (2, "SY0101", "SY01", "D"),
    )
    new = of("2020", (1, "SY01", "SYR", "A"))
    found = merged([old, new])
    assert found.units["code"].to_list() == ["SY01", "SY0101"]
    assert set(found.former["code"]) == {"SY02", "SY0201"}


def test_of_one_day_the_countrys_own_table_counts():
    own = of("2020", (1, "SY01", "SYR", "Own"), name="own")
    world = of("2020", (1, "SY01", "SYR", "World"), name="a-world", countries=("LBN", "SYR"))
    assert merged([world, own]).units["release"].to_list() == ["own"]


def test_swapped_codes_are_not_taken_for_names():
    old = of(
        "2019", (1, "SY01", "SYR", "Àbc"), (1, "SY02", "SYR", "Xyz"), (1, "SY01", "SYR", "ا", "local", "ar")
    )
    new = of("2020", (1, "SY01", "SYR", "Xyz"), (1, "SY02", "SYR", "Abc"))
    assert [name for name, *_ in names_of(merged([old, new]), "SY01")][:1] == ["Xyz"]
    assert "ا" not in merged([old, new]).names["name"].to_list()


def test_gazetteer_of_given_units():
    given = gazetteer_of(units("SYR", 2))
    assert given.units.columns == gazetteer().units.columns
    assert given.units.schema == gazetteer().units.schema
    assert given.names.columns == gazetteer().names.columns
    assert given.names.height == 62
    assert set(given.units["release"]) == {"given"}
    assert given.former.height == 0


# Reading tables.


def frame(text):
    return pl.read_csv(text.encode(), infer_schema=False)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_AR,ADM2_PCODE,ADM2ALT1EN", "en"),
        ("admin1Name_en,admin1Pcode,admin2Name_en,admin2Name_ar,admin2Pcode,admin2AltName1_en", "en"),
        ("Adm1_name,Adm1_Pcode,Adm2_name,ADM2_AR,Adm2_Pcode,admin2RefName", ""),
        ("#adm1+name+en,#adm1+code,#adm2+name+en,#adm2+name+ar,#adm2+code+v_pcode,#adm2+name+alt+en", "en"),
    ],
)
def test_columns_are_known_by_their_names(header, expected):
    found = units_in(
        [frame(f"{header}\nAleppo,SY02, Al  Bab ,الباب,SY0202,Bab\nAleppo,SY02,Afrin,عفرين,SY0203,<Null>\n")],
        "SYR",
    )
    assert found.filter(pl.col("level") == 1).select("code", "parent_code", "name").rows() == [
        ("SY02", "SYR", "Aleppo")
    ]
    assert found.filter(pl.col("code") == "SY0202").select("name", "kind", "parent_code").rows() == [
        ("Al Bab", "official", "SY02"),
        ("الباب", "local", "SY02"),
        ("Bab", "alternate", "SY02"),
    ]
    assert found.filter(pl.col("code") == "SY0203").height == 2, "<Null> is no name"
    assert found["language"][1] == expected


def test_lists_of_units_of_all_levels():
    rows = "admin_level,pcode,name_en,name_ar,adm1_pcode,validOn\n1,SY02,Aleppo,حلب,,44182\n2,SY0202,Al Bab,الباب,SY02,2020-12-17\n"
    found = units_in([frame(rows)], "SYR")
    assert found.select("level", "code", "parent_code", "name").rows() == [
        (1, "SY02", "SYR", "Aleppo"),
        (1, "SY02", "SYR", "حلب"),
        (2, "SY0202", "SY02", "Al Bab"),
        (2, "SY0202", "SY02", "الباب"),
    ]
    assert set(found["valid_from"]) == {date(2020, 12, 17)}, "also as a spreadsheet's day"


def test_of_several_tables_each_level_is_read_from_its_own():
    second = frame("ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_PCODE\nAleppo?,SY02,Al Bab,SY0202\n")
    first = frame("ADM1_EN,ADM1_PCODE\nAleppo,SY02\n")
    assert units_in([second, first], "SYR").filter(pl.col("level") == 1)["name"].to_list() == ["Aleppo"]


def test_tables_of_several_countries():
    rows = "ISO3,ADM1_PCODE,ADM1_NAME\nCAF,CF11,A\nCOD,CD10,B\n"
    assert units_in([frame(rows)], "COD")["code"].to_list() == ["CD10"]
    assert set(units_in([frame(rows)])["location_code"]) == {"CAF", "COD"}
    with pytest.raises(InputError, match="no units of SYR"):
        units_in([frame(rows)], "SYR")


def test_tables_without_codes_or_names_are_refused():
    with pytest.raises(InputError, match="no columns with P-codes and names"):
        units_in([frame("a,b\n1,2\n"), frame("ADM1_PCODE\nSY01\n")], "SYR")


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("SY01,A\nother,B", "SYR level 1, no P-code: 'other'"),
        ("SY01,A\nSY02,", "SYR level 1, no name: 'SY02'"),
        ("SY01,A\nSY02,B\nSY02,C", "SYR level 1, several units of one code: 'SY02'"),
    ],
)
def test_units_that_cannot_stand_in_a_gazetteer(rows, fault):
    given = units_in([frame(f"ADM1_PCODE,ADM1_EN\n{rows}\n")], "SYR")
    found = checked(given)
    assert found.faults == (fault,)
    assert set(found.units["code"]) == {"SY01"}
    blank = store.Release("x", "", "", "", "", "")
    with pytest.raises(DataError, match=fault):
        made(blank, [frame(f"ADM1_PCODE,ADM1_EN\n{rows}\n")], Reading("SYR"))


def test_units_within_units_that_are_not_there():
    rows = "admin_level,pcode,name_en,parent_pcode\n1,SY01,A,\n2,SY0201,B,SY02\n3,SY020101,C,SY0201\n"
    given = units_in([frame(rows)], "SYR")
    assert checked(given).faults == (
        "SYR level 2, within a unit that is not there: 'SY0201'",
        "SYR level 3, within a unit that is not there: 'SY020101'",
    )
    assert checked(given, known={"SY02"}).faults == ()


def test_units_within_themselves_or_one_another():
    rows = "admin_level,pcode,name_en,parent_pcode\n1,SY01,A,\n2,SY0101,B,SY0101\n2,SY0102,C,SY0103\n2,SY0103,D,SY0102\n"
    found = checked(units_in([frame(rows)], "SYR"))
    assert found.faults == (
        "SYR level 2, within a unit that is not of a level above: 'SY0101', 'SY0102', 'SY0103'",
    )
    assert found.units["code"].to_list() == ["SY01"]


def test_units_of_days_to_come_do_not_displace_todays():
    given = units_in([frame("ADM1_PCODE,ADM1_EN\nSY01,A\nSY02,B\n")], "SYR")
    later = given.with_columns(
        valid_from=pl.when(code="SY02").then(pl.date(9999, 12, 31)).otherwise(pl.date(2024, 1, 1))
    )
    assert checked(later).faults == ("SYR level 1, valid from a day to come: 'SY02'",)


def test_codes_of_another_country_are_refused():
    blank = store.Release("x", "", "", "", "", "")
    with pytest.raises(InputError, match="no code begins with LB or LBN: are these units of LBN"):
        made(blank, [frame("ADM1_PCODE,ADM1_EN\nSY01,A\n")], Reading("LBN"))


# The store.


def test_an_added_release_counts_where_it_is_named(own_store):
    known, rows = of("2030", (1, "SY01", "SYR", "New Damascus"), name="cod-ab-syr-2030")
    store.written(own_store, known, rows)
    assert store.added_ids() == ("cod-ab-syr-2030",)
    assert "cod-ab-syr-2030" not in {one.id for one in gazetteer().releases}
    found = gazetteer("cod-ab-syr-2030")
    assert found.units.filter(pl.col("location_code") == "SYR", pl.col("level") == 1)["name"].to_list() == [
        "New Damascus"
    ]
    former = found.former.filter(pl.col("location_code") == "SYR")
    assert ("SY02", "Aleppo", "global-pcodes-2024-10-31") in former.select("code", "name", "release").rows()
    assert found.units.filter(pl.col("location_code") == "SYR", pl.col("level") == 2)[
        "parent_code"
    ].unique().to_list() == ["SY01"]


def test_a_release_that_was_changed_is_refused(own_store):
    known, rows = of("2030", (1, "SY01", "SYR", "Damascus"), name="mine")
    store.written(own_store, known, rows)
    path = own_store / "mine.csv.gz"
    whole = path.read_bytes()
    for changed in (whole[:-1], gzip.compress(gzip.decompress(whole) + b"\n"), b""):
        path.write_bytes(changed)
        with pytest.raises(InputError, match=r"mine\.csv\.gz: was changed or cut short"):
            gazetteer("mine")
    path.unlink()
    with pytest.raises(InputError, match="no such file; add the release anew"):
        gazetteer("mine")
    described = (own_store / "mine.json").read_text(encoding="utf-8")
    for other in (described[:-3], described.replace('"mine"', '"../mine"'), "[]", '{"id": "mine"}'):
        (own_store / "mine.json").write_text(other, encoding="utf-8")
        with pytest.raises(InputError, match="does not describe a gazetteer release"):
            gazetteer("mine")


def test_unknown_releases_are_named(own_store):
    with pytest.raises(UsageError, match="did you mean 'cod-ab-syr-2019'"):
        gazetteer("cod-ab-syr-2018")


def test_writing_gives_the_same_bytes(own_store):
    known, rows = of("2030", (1, "SY01", "SYR", "Damascus"), name="mine")
    first = store.written(own_store, known, rows)
    content = (own_store / "mine.csv.gz").read_bytes()
    assert store.written(own_store, known, rows) == first == store.release_of("mine")
    assert (own_store / "mine.csv.gz").read_bytes() == content
    assert content[4:8] == bytes(4), "no time of writing in the gzip header"
    assert first.table_sha256 == hashlib.sha256(content).hexdigest()
    assert store.table_of(first).equals(rows)


# The script.


def test_every_built_in_release_is_listed_for_the_script(refresh):
    listed = {row["id"] for row in refresh.listed()}
    assert {name for name in store.built_in_ids() if not any(name.startswith(one) for one in listed)} == set()
    assert len(listed) == len(store.built_in_ids())


def test_refresh_makes_the_built_in_releases(refresh, request):
    folder = request.config.rootpath.parent / "shared/data/cod"
    if not folder.is_dir():
        pytest.skip("the downloaded files are not here")
    for row in refresh.listed():
        described, units_found = refresh.build(row, folder)
        stored = store.release_of(described.id)
        assert hashlib.sha256(store.packed(units_found)).hexdigest() == stored.table_sha256, described.id
        assert described.left_out == stored.left_out


def test_refresh_reads_a_download_with_a_mark_and_a_hashtag_row(refresh, tmp_path):
    header = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\n"
    tags = "#country+code,#geo+admin_level,#adm+code,#adm+name,#adm+code+parent,#date+start\n"
    lines = (
        "SYR,1,SY02,Aleppo,SYR,2020-12-17\nSYR,1,SY01,Damascus,SYR,2020-12-17\nSOM,2,None,?,SO22,1984-06-23\n"
    )
    row = next(row for row in refresh.listed() if row["id"] == "global-pcodes")
    (tmp_path / row["files"]).write_bytes(b"\xef\xbb\xbf" + (header + tags + lines).encode())
    described, found = refresh.build(row, tmp_path)
    assert found["code"].to_list() == ["SY01", "SY02"]
    assert described.left_out == ("SOM level 2, no P-code: 'None'",)
    assert described.id == "global-pcodes-2020-12-17"


def test_list_of_built_in_releases_names_their_terms():
    with schemas.path_of("gazetteers", "built_in.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert all(row[part] for part in ("id", "files", "title", "url", "licence", "attribution")), row[
                "id"
            ]
