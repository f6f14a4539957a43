"""Screening tables: what is found, what raises nothing, and that no value is ever told. All people are made up."""

import csv
import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hxl_kit.reading import open_table
from hxl_kit.screening import screen_descriptor, screen_table
from hxl_kit.screening.columns import SLUGS
from hxl_kit.screening.finding import shape_of
from hxl_kit.screening.headers import header_says
from hxl_kit.screening.values import kinds_in, looks_like_phone, name_in
from hxl_kit.screening.words import plain
from hxl_kit.standard import schemas

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from screening_score import judged, labelled  # noqa: E402

CANARY = "Zebulon Quartzfeather"
CANARY_PHONE = "+967 711 222 333"
CANARY_MAIL = "zebulon.quartzfeather@example.org"


def screened(tmp_path, text, known=None):
    """The findings of a CSV text."""
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with open_table(path) as table:
        return list(screen_table(table, known))


def told(findings):
    return {(finding.slug, finding.column) for finding in findings}


@pytest.mark.parametrize(
    ("split", "found", "of_the_kind", "alarms"),
    [("held-out", 0.95, 0.95, 0.01), ("unseen", 0.85, 0.78, 0.08)],
)
def test_labelled_columns_are_judged_as_well_as_measured(split, found, of_the_kind, alarms):
    outcome = list(judged(labelled(split)))
    personal = [(row["kind"], kinds) for row, kinds in outcome if row["kind"]]
    harmless = [kinds for row, kinds in outcome if not row["kind"]]
    assert sum(bool(kinds) for _, kinds in personal) >= found * len(personal)
    assert sum(kind in kinds for kind, kinds in personal) >= of_the_kind * len(personal)
    assert sum(map(bool, harmless)) <= alarms * len(harmless)


def test_a_personal_address_among_thousands_of_offices_is_seen(tmp_path):
    offices = "".join(f"A{n},info.a{n:04}@example.org\n" for n in range(2500))
    found = screened(tmp_path, f"office,mail\n{offices}Z,zoe.fernandez@example.org\n")
    personal = next(finding for finding in found if finding.kind == "email")
    assert (personal.rows.count, personal.rows.first) == (1, (2502,))


def test_columns_full_of_phones_are_counted_whole(tmp_path):
    rows = 150_000
    lines = "".join(f"F{n},+25261{n:07}\n" if n % 100 else f"F{n},\n" for n in range(rows))
    (found,) = [f for f in screened(tmp_path, f"facility,contact\n{lines}") if f.kind == "phone"]
    assert found.rows.count == rows - rows // 100


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (f"Ask {CANARY_MAIL},,\n,,\nadmin1,killed,wounded\nA,3,4\nB,4,5\nC,6,7\n", 1),
        (f"admin1,killed,wounded\n#adm1,#affected+killed,{CANARY_MAIL}\nA,3,4\nB,4,5\n", 2),
    ],
)
def test_titles_and_cells_between_hashtags_are_looked_at(tmp_path, text, row):
    (found,) = screened(tmp_path, text)
    assert (found.slug, found.part, found.rows.first) == ("person-email", "header", (row,))


def test_numbered_districts_are_no_diagnoses(tmp_path):
    rows = "".join(f"Zebulon Quartzfeather,D{n % 90:02}\n" for n in range(300))
    assert "district" not in {column for _, column in told(screened(tmp_path, f"full_name,district\n{rows}"))}


def test_staff_list(tmp_path):
    text = "org,staff_name,email,mobile\nNGO A,Test Person,t.person@example.org,+967 700 000 009\n"
    assert told(screened(tmp_path, text)) == {
        ("person-name", "staff_name"),
        ("person-email", "email"),
        ("person-phone", "mobile"),
    }


def test_address_in_free_text_has_its_row(tmp_path):
    text = "event_id,notes\nE1,quiet day\nE2,call informant a.person@example.org before noon\nE3,ok\n"
    (found,) = screened(tmp_path, text)
    assert (found.slug, found.column, found.rows.count, found.rows.first) == (
        "person-email",
        "notes",
        1,
        (3,),
    )


def test_case_data_on_survivors(tmp_path):
    text = "case_no,incident_type,survivor_age,site\n1,sexual violence,16,Camp A\n2,other,20,Camp B\n"
    assert {"sensitive-violence"} <= {finding.slug for finding in screened(tmp_path, text)}


@pytest.mark.parametrize(
    "text",
    [
        "adm0,year,population\nYEM,2024,39390799\nSYR,2024,24672760\n",
        "event_id,event_date,notes\nYEM100000001,20240301,2024-03-01 to 2024-03-05\n",
        "adm2_pcode,lat,lon\nYE2301,15.369445,44.191006\nYE2302,15.354412,44.206667\n",
        "Partner name,Facility name\nExample Relief Network,Test Hospital\nSample Aid Society,Other Hospital\n",
        "event_date,actor1,conflict_name,Perpetrator,fatalities\n2024-01-01,Group A,X: Government,State forces,3\n",
        "adm1_name,sex,age_group,hiv_positive\nIbb,F,0-17,12\nIbb,M,0-17,31\n",
    ],
)
def test_usual_columns_raise_nothing(tmp_path, text):
    assert screened(tmp_path, text) == []


def test_facilities_are_a_warning_only(tmp_path):
    found = screened(tmp_path, "facility_name,latitude,longitude\nExample Hospital,15.3712,44.1910\n")
    assert {(finding.slug, finding.severity) for finding in found} == {("facility-location", "warning")}


def test_known_columns_raise_nothing_but_addresses_and_informants(tmp_path):
    text = "religion,notes,source_original\nA,Mr Test came,eyewitness in the town\nB,call +967 700 000 001,Agence X\n"
    known = {"religion": "category", "notes": "notes", "source_original": "source_original"}
    found = screened(tmp_path, text, known)
    assert {(f.slug, f.column, f.severity) for f in found} == {
        ("person-phone", "notes", "error"),
        ("person-in-text", "notes", "warning"),
        ("informant", "source_original", "warning"),
    }


def test_coordinates_count_where_rows_are_households(tmp_path):
    households = (
        "hh_id,hh_size,latitude,longitude\nH-001,5,15.369445,44.191006\nH-002,7,15.354412,44.206667\n"
    )
    assert ("home-location", "latitude") in told(screened(tmp_path, households))
    rounded = households.replace("15.369445", "15.4").replace("15.354412", "15.4")
    assert ("home-location", "latitude") not in told(screened(tmp_path, rounded))


def test_a_value_far_down_is_found(tmp_path):
    rows = [f"E{n},nothing" for n in range(5000)] + [f"E9,{CANARY_PHONE}"]
    (found,) = screened(tmp_path, "event_id,c\n" + "\n".join(rows) + "\n")
    assert (found.slug, found.rows.count, found.rows.first) == ("person-phone", 1, (5002,))


def test_an_address_as_header_is_found_and_not_told(tmp_path):
    found = screened(tmp_path, f"a,{CANARY_MAIL}\n1,x\n2,y\n")
    assert [(f.slug, f.part, f.column) for f in found] == [("person-email", "header", "column 2")]


def test_no_value_is_told(tmp_path):
    text = f"id,full_name,phone,email,notes\n1,{CANARY},{CANARY_PHONE},{CANARY_MAIL},witness {CANARY} spoke to us\n"
    findings = screened(tmp_path, text)
    assert len(findings) >= 4
    words = [*CANARY.split(), CANARY_PHONE, "711", "zebulon", "quartz"]
    assert [word for word in words if word.lower() in repr(findings).lower()] == []


@settings(max_examples=36, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4, unique=True),
    rows=st.lists(st.lists(st.text(max_size=30), min_size=4, max_size=4), max_size=8),
)
def test_any_table_is_screened(tmp_path, header, rows):
    from screening_score import table_of

    values = [["x", *(row[n] for row in rows)] for n in range(4)]
    columns = [
        {"table": "t", "header": name, "tag": "", "values": "|".join(v.replace("|", "") for v in values[n])}
        for n, name in enumerate(header)
    ]
    for finding in screen_table(table_of(columns)):
        assert finding.slug in {*SLUGS.values(), "personal-likely"}


@given(st.text())
def test_shapes_hold_no_letter_or_digit_of_the_text(text):
    assert set(shape_of(text)) & set("bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ012345678") == set()


@given(st.text())
def test_any_text_is_looked_at(text):
    kinds_in(text)
    name_in(text)
    looks_like_phone(text)
    header_says(text, "person_name")


@pytest.mark.parametrize(
    "text",
    ["+967 700 000 009", "tel. 0700 000 001", "call 00967700000009", "Тел: 050 000 00 01", "هاتف 0700000001"],
)
def test_phones(text):
    assert "phone" in kinds_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01 to 2024-03-05",
        "39390799",
        "+35.123456",
        "0012345678",
        "20240301",
        "YE230101",
        "10.11.2024 12:30:45",
    ],
)
def test_no_phones(text):
    assert kinds_in(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("witness Maria Prueba told us", "source"),
        ("Mr. Exemple said", "title"),
        ("свідок Олена Зразкова сказала", "source"),
        ("the survivor went to Example Hospital", ""),
        ("contact UNHCR Office", ""),
    ],
)
def test_names_after_a_cue(text, role):
    assert name_in(text) == role


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("RegistrationGroupID", "registration group id"),
        ("Nom du patient", "nom patient"),
        ("D.O.B.", "dob"),
        ("الاسم الكامل", "اسم كامل"),
        ("ім'я", "імя"),
    ],
)
def test_headers_are_compared_by_plain_words(header, words):
    assert plain(header) == words


def test_descriptor_lets_contributors_stand():
    descriptor = {
        "contributors": [{"title": "A Person", "email": "a.person@example.org"}],
        "description": "Ask b.person@example.org",
        "resources": [{"description": f"called {CANARY_PHONE}", CANARY_MAIL: "x"}],
    }
    found = list(screen_descriptor(descriptor))
    assert {(f.slug, f.column) for f in found} == {
        ("person-email", "description"),
        ("person-phone", "resources[0].description"),
        ("person-email", "resources[0].property 2"),
    }
    assert "zebulon" not in repr(found)


def test_every_slug_has_words():
    with schemas.path_of("checks", "screen.csv").open(encoding="utf-8", newline="") as file:
        slugs = {row["slug"] for row in csv.DictReader(file)}
    assert set(SLUGS.values()) <= slugs


@pytest.mark.parametrize(
    "names",
    [
        "Amina Yusuf;Jean Mukendi;Olena Koval",
        "أحمد علي حسن;فاطمة عمر;محمد صالح",
        "Олена Коваленко;Іван Петренко;Юлія Мельник",
    ],
)
@pytest.mark.parametrize("header", ["name", "Q12"])
def test_names_are_known_by_their_values(tmp_path, header, names):
    text = f"{header}\n" + "\n".join(names.split(";")) + "\n"
    assert told(screened(tmp_path, text)) == {("person-name", header)}


def test_names_of_places_are_no_names_of_people(tmp_path):
    text = "adm2_pcode,name\nSY0101,تل أحمد\nSY0102,خان محمد\nSY0103,دير علي\n"
    assert "person-name" not in {finding.slug for finding in screened(tmp_path, text)}


def test_a_file_without_header_names_no_column(tmp_path):
    text = "Amina Yusuf,+967 700 000 009\nJean Mukendi,+967 700 000 008\nOlena Koval,+967 700 000 007\n"
    findings = screened(tmp_path, text)
    assert {f.column for f in findings} == {"column 1", "column 2"}


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("grp_hh/resp_nm", "person_name"),
        ("F. Nac.", "birth_date"),
        ("bld grp", "health"),
        ("суть обращ-я", "statement"),
        ("№ дела", "person_id"),
    ],
)
def test_headers_cut_short_are_read(header, kind):
    assert header_says(header, kind) in ("is", "may")


def test_people_in_notes_of_a_known_source_are_a_warning(tmp_path):
    text = "notes\nGunmen shot the journalist Amina Yusuf in the town\nRoad closed by floods in the north\n"
    assert {(f.slug, f.severity, f.rows.count) for f in screened(tmp_path, text, {"notes": "notes"})} == {
        ("person-in-text", "warning", 1)
    }


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("ocha_cca@un.org", "role_email"),
        ("sudan@example.org", "role_email"),
        ("amina.yusuf@un.org", "email"),
        ("clinic7@health.gov.ua", "role_email"),
        ("https://example.org/2011/Somewhere@AGlance.pdf", ""),
    ],
)
def test_offices_addresses(address, kind):
    assert kinds_in(address) == frozenset(filter(None, [kind]))


def test_points_of_persons_in_geojson_are_homes(tmp_path):
    path = tmp_path / "points.geojson"
    points = [(44.191006, 15.369445), (44.206667, 15.354412), (44.187321, 15.341198)]
    features = [
        {
            "type": "Feature",
            "properties": {"hh_id": f"H-00{n}"},
            "geometry": {"type": "Point", "coordinates": point},
        }
        for n, point in enumerate(points)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    with open_table(path) as table:
        assert ("home-location", "latitude") in told(screen_table(table))
