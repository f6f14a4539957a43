"""`hxl-kit deidentify`: a list of made-up people becomes a table in which nobody is found; no value is ever shown."""

import csv
import json
import random
import stat

import polars as pl
import pytest
from openpyxl import Workbook

from hxl_kit.errors import ExitCode

VILLAGES = ("Canary Wells", "Lower Canary")
HEADER = (
    *(
        "Registration No",
        "HH ID",
        "Full name",
        "Phone",
        "Sex",
        "Age",
        "DOB",
        "District P-code",
        "Community P-code",
    ),
    *("Village", "GPS latitude", "GPS longitude", "Setting", "Registered", "Killed"),
)


def people(count=60):
    """Rows of made-up people, four to a household."""
    dice = random.Random(7)  # noqa: S311 - made-up people, no secret
    for n in range(count):
        yield (
            *(f"SYR-24C{10_000 + n}", f"HH-{100 + n // 4}", f"Canary {'ABCDEF'[n % 6].lower()}hmad Canary"),
            *(f"+963 93{dice.randint(1_000_000, 9_999_999)}", "FM"[n % 2], str(dice.randint(0, 85))),
            *(f"19{50 + n % 50}-0{1 + n % 9}-1{n % 10}", "SY0203", "SY020300", VILLAGES[n % 2]),
            *(f"36.5{dice.randint(1000, 9999)}", f"36.8{dice.randint(1000, 9999)}"),
            *(("urban", "rural")[n % 2], f"{1 + n % 28}/3/2024", "0"),
        )


VALUES = sorted(
    {value for row in people() for value in row if len(value) > 7 and not value.startswith("SY02")}
)

RULES = """remedies:
  - {remedy: new-ids, fields: [Registration No, HH ID], why: Ids lead to people.}
  - {remedy: drop, fields: [Full name, Phone, DOB, Village], why: Names lead to people.}
  - {remedy: age-bands, fields: [Age], starts: [0, 18, 60], why: Ages single people out.}
  - {remedy: coarser-places, fields: [Community P-code], to: admin2, why: Villages are small.}
  - {remedy: coarser-dates, fields: [Registered], to: month, order: day-first, why: Days single people out.}
  - {remedy: mask-places, fields: [GPS latitude, GPS longitude], urban: Setting, why: Homes must not be found.}
"""


@pytest.fixture
def listed(tmp_path):
    """A workbook of made-up people, and rules for it."""
    book = Workbook()
    book.active.append(HEADER)
    for row in people():
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(cli, listed):
    """Run the command on the list, and hold it to showing no value."""

    def deidentify(*arguments, rules="rules.yaml", out="out.csv"):
        ran = cli(
            "deidentify", listed / "people.xlsx", "--remedies", listed / rules, "-o", listed / out, *arguments
        )
        assert not [value for value in VALUES if value in ran.out + ran.err]
        return ran

    return deidentify


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_list_of_people_becomes_a_table_without_them(run, listed):
    ran = run()
    content = (listed / "out.csv").read_text(encoding="utf-8")
    assert not [value for value in VALUES if value in content]
    rows = table(listed / "out.csv")
    assert len(rows) == 60
    assert list(rows[0]) == [
        *("Registration No", "HH ID", "Sex", "Age", "District P-code", "Community P-code"),
        *("GPS latitude", "GPS longitude", "Setting", "Registered", "Killed"),
    ]
    assert {row["Age"] for row in rows} == {"0-17", "18-59", "60+"}
    assert {row["Community P-code"] for row in rows} == {"SY0203"}
    assert {row["Registered"] for row in rows} == {"2024-03"}
    assert len({row["Registration No"] for row in rows}) == 60
    assert len({row["HH ID"] for row in rows}) == 15
    assert rows[0]["HH ID"] == rows[3]["HH ID"].strip() != rows[4]["HH ID"]
    assert all(
        len(row[axis].partition(".")[2]) <= 2 for row in rows for axis in ("GPS latitude", "GPS longitude")
    )
    assert "What screening still finds:" in ran.out
    assert "home-location" not in ran.out
    assert "small-group" not in ran.out


def test_the_record_may_be_shared_and_the_secret_and_codes_stay_private(run, listed):
    run()
    private = listed / "rules.private"
    key, codes = private / "mask.key", private / "new_ids.csv"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (key, codes)] == [0o600, 0o600]
    said = (listed / "out.remedies.json").read_text(encoding="utf-8")
    assert not [value for value in (*VALUES, key.read_text(encoding="utf-8")) if value in said]
    record = json.loads(said)
    assert record["table"] == "out.csv"
    assert [entry["remedy"] for entry in record["remedies"]] == [
        *("new-ids", "drop", "age-bands", "coarser-places", "coarser-dates", "mask-places")
    ]
    assert record["remedies"][1]["columns"] == ["Full name", "Phone", "DOB", "Village"]
    known = {row["value"]: row["code"] for row in table(codes)}
    assert known["HH-100"] == table(listed / "out.csv")[0]["HH ID"]


def test_every_release_has_the_same_codes_and_places(run, listed):
    run()
    run(out="later.csv")
    assert (listed / "later.csv").read_bytes() == (listed / "out.csv").read_bytes()
    run()
    assert (listed / "later.csv").read_bytes() == (listed / "out.csv").read_bytes()


def test_a_release_is_not_made_anew_without_its_secret(run, listed):
    run()
    before = (listed / "out.csv").read_bytes()
    (listed / "rules.private" / "mask.key").unlink()
    ran = run()
    assert ran.code == ExitCode.USAGE
    assert "mask.key: is gone" in ran.err
    assert (listed / "out.csv").read_bytes() == before


def test_json_has_what_was_done_and_what_is_left(run):
    described = json.loads(run("--format", "json").out)
    assert [entry["remedy"] for entry in described["remedies"]][:2] == ["new-ids", "drop"]
    assert described["screen"]["files"][0]["path"].endswith("out.csv")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "{remedy: drop, fields: [Full nam], why: x}",
            "remedies[0], drop: no column 'Full nam'; did you mean 'Full name'?",
        ),
        ("{remedy: drop, table: events, fields: [Phone], why: x}", "'table' is for packages"),
        ("{remedy: age-bands, why: x}", "age-bands needs 'fields'"),
        ("{remedy: mask-places, fields: [GPS latitude], why: x}", "needs two fields: [LATITUDE, LONGITUDE]"),
        ("{remedy: mask-places, fields: [GPS longitude, GPS latitude], why: x}", "in this order"),
        ("{remedy: suppress, fields: [Age], why: x}", "needs 'by'"),
        ("{remedy: suppress, fields: [Killed], by: [Sex], why: x}", "casualty figures are the message"),
        ("{remedy: round, fields: [Killed], why: x}", "casualty figures are the message"),
        ("{remedy: coarser-dates, fields: [DOB], to: week, why: x}", "is not one of"),
        ("{remedy: drop, fields: [Phone]}", "'why' is missing"),
    ],
)
def test_wrong_rules_are_named(run, listed, rule, said):
    (listed / "rules.yaml").write_text(f"remedies:\n  - {rule}\n", encoding="utf-8")
    ran = run()
    assert ran.code == ExitCode.USAGE
    assert said in ran.err
    assert not (listed / "out.csv").exists()


def test_nothing_else_is_written_over(run, listed, cli):
    (listed / "other.csv").write_text("kept\n", encoding="utf-8")
    assert "is there already" in run(out="other.csv").err
    assert "ends in .csv" in run(out="out.xlsx").err
    rows = listed / "people.csv"
    rows.write_text("Phone,Sex\n1,F\n", encoding="utf-8")
    ran = cli("deidentify", rows, "--remedies", listed / "rules.yaml", "-o", rows)
    assert (ran.code, "is read as well" in ran.err) == (ExitCode.USAGE, True)
    assert (listed / "other.csv").read_text(encoding="utf-8") == "kept\n"


def test_records_that_do_not_fit_the_header_are_not_guessed(cli, listed):
    ragged = listed / "ragged.csv"
    ragged.write_text("Full name,Phone,Sex\nCanary,123,F\nCanary,Person,456,F\n", encoding="utf-8")
    rules = listed / "rules.yaml"
    rules.write_text("remedies:\n  - {remedy: drop, fields: [Full name, Phone], why: x}\n", encoding="utf-8")
    ran = cli("deidentify", ragged, "--remedies", rules, "-o", listed / "out.csv")
    assert ran.code == ExitCode.INPUT
    assert "Canary" not in ran.err
    assert not (listed / "out.csv").exists()


def test_a_header_that_names_a_person_is_shown_by_its_number(cli, listed):
    file, rules = listed / "odd.csv", listed / "odd.yaml"
    file.write_text("Case ID,Mr Yusuf Canary,Sex\nC-10001,note,F\nC-10002,note,M\nC-10003,note,M\n", "utf-8")
    ran = cli("deidentify", file, "--propose")
    assert "Canary" not in ran.out + ran.err
    rules.write_text("remedies: [{remedy: drop, fields: [Yusuf], why: x}]", encoding="utf-8")
    assert "Canary" not in cli("deidentify", file, "--remedies", rules, "-o", listed / "out.csv").err
    rules.write_text("remedies: [{remedy: drop, fields: [column 2], why: x}]", encoding="utf-8")
    ran = cli("deidentify", file, "--remedies", rules, "-o", listed / "out.csv")
    assert "Canary" not in ran.out + ran.err + (listed / "out.remedies.json").read_text("utf-8")
    assert list(table(listed / "out.csv")[0]) == ["Case ID", "Sex"]


def test_a_table_without_a_header_is_refused(cli, listed):
    file = listed / "headless.csv"
    file.write_text("Yusuf Canary,1980-01-02\nAmina Canary,1990-05-06\n", encoding="utf-8")
    ran = cli("deidentify", file, "--propose")
    assert ran.code == ExitCode.INPUT
    assert "write a header above it" in ran.err
    assert "Canary" not in ran.out + ran.err


def test_hashtags_are_kept_for_the_columns_that_are(cli, listed):
    tagged = listed / "tagged.csv"
    tagged.write_text(
        "District,Name,hiv\n#adm2+name,#contact+name,#affected+hiv\nA,Canary,3\nB,Canary,70\n", "utf-8"
    )
    rules = listed / "rules.yaml"
    rules.write_text(
        "remedies:\n"
        "  - {remedy: drop, fields: [Name], why: x}\n"
        "  - {remedy: suppress, fields: [hiv], by: [District], why: x}\n",
        encoding="utf-8",
    )
    ran = cli("deidentify", tagged, "--remedies", rules, "-o", listed / "out.csv")
    assert (listed / "out.csv").read_text("utf-8") == "District,hiv\n#adm2+name,#affected+hiv\nA,\nB,70\n"
    assert "Canary" not in ran.out + ran.err


def test_a_proposal_has_a_remedy_for_each_finding_and_works(cli, run, listed):
    rules = listed / "proposed.yaml"
    ran = cli("deidentify", listed / "people.xlsx", "--propose", "-o", rules)
    said = rules.read_text(encoding="utf-8")
    assert ran.code == 0
    assert not [value for value in VALUES if value in said + ran.out + ran.err]
    for line in (
        "- remedy: new-ids\n    fields: [Registration No, HH ID]",
        "- remedy: drop\n    fields: [Full name]",
        "- remedy: drop\n    fields: [Phone]",
        "- remedy: drop\n    fields: [DOB]\n    why: The age in bands says enough",
        "- remedy: mask-places\n    fields: [GPS latitude, GPS longitude]",
        "- remedy: age-bands\n    fields: [Age]",
        "- remedy: coarser-places\n    fields: [Community P-code]\n    to: admin2",
    ):
        assert line in said
    assert "# - Village: names of places" in said
    assert "is there already" in cli("deidentify", listed / "people.xlsx", "--propose", "-o", rules).err
    run(rules="proposed.yaml")
    people_gone = [value for value in VALUES if value not in VILLAGES and not value.endswith("/3/2024")]
    content = (listed / "out.csv").read_text(encoding="utf-8")
    assert not [value for value in people_gone if value in content]


def test_small_counts_get_a_proposal_that_keeps_them_back(cli, listed):
    counts = listed / "hiv_cases.csv"
    rows = pl.DataFrame({"district": ["A", "B", "C", "Total"], "hiv_positive": [2, 30, 40, 72]})
    rows.write_csv(counts)
    proposed = cli("deidentify", counts, "--propose")
    assert "remedy: suppress\n    fields: [hiv_positive]" in proposed.out
    assert "by: [district]" in proposed.out
    (listed / "own.yaml").write_text(proposed.out, encoding="utf-8")
    ran = cli("deidentify", counts, "--remedies", listed / "own.yaml", "-o", listed / "out.csv")
    assert ran.code == 0
    assert [row["hiv_positive"] for row in table(listed / "out.csv")] == ["", "", "40", "72"]


def test_either_rules_or_a_proposal_is_asked_for(cli, listed):
    assert cli("deidentify", listed / "people.xlsx").code == ExitCode.USAGE
    ran = cli("deidentify", listed / "people.xlsx", "--propose", "--remedies", listed / "rules.yaml")
    assert "--propose" in ran.err
    assert (
        "name the table to write"
        in cli("deidentify", listed / "people.xlsx", "--remedies", listed / "rules.yaml").err
    )
