"""What must hold between the tables, the code lists, the crosswalks and the profile of `schemas/`."""

import copy
import csv
import io
import json
import re
import subprocess
import sys
from datetime import date, timedelta
from itertools import chain, product

import frictionless
import hxl
import jsonschema
import pytest
from hxl.model import Column, TagPattern
from hxl.validation import find_closest_match

from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist, codelist_names, crosswalk, crosswalk_names
from hxl_kit.standard.tables import ORDER, table, table_names
from hxl_kit.standard.tags import parse_tag

TABLES = table_names()
FIELDS = [pytest.param(name, f, id=f"{name}.{f.name}") for name in TABLES for f in table(name).fields]
KEYS = ["name", "title", "description", "type", "constraints", "example", "hxl_tag"]
TYPES = {"string", "integer", "number", "boolean", "date"}
CONSTRAINTS = {"required", "unique", "minimum", "maximum", "pattern", "maxLength"}

PLACE = re.findall(
    r"\w+",
    """location_code location_name provider_location_code provider_location_name
    admin1_code admin1_name admin2_code admin2_name admin3_code admin3_name
    provider_admin1_code provider_admin1_name provider_admin2_code provider_admin2_name
    place_name latitude longitude geo_precision pcode_method pcode_score pcode_release""",
)
QUANTITY = ["quantity_text", "value", "value_low", "value_high", "qualifier", "bounds_basis", "unit"]
WITH_PLACE = ["events", "casualties", "displacement", "indicators"]
WITH_QUANTITY = ["casualties", "displacement", "indicators"]

REQUIRED = {
    "events": "event_id source_id event_type date_precision geo_precision pcode_method is_aggregate",
    "event_sources": "event_id position",
    "casualties": "figure_id source_id harm person_status population_group sex age_group qualifier "
    "date_precision counting role geo_precision pcode_method",
    "displacement": "figure_id source_id measure category counts sex age_group qualifier date_precision "
    "geo_precision pcode_method role",
    "indicators": "figure_id source_id indicator sex age_group qualifier date_precision "
    "geo_precision pcode_method role",
    "claims": "claim_id source_id claimant stance about_table about_id aspect",
    "sources": "source_id source_type date_precision redistribution access",
}

SPELL_CHECKED = TagPattern.parse_list(
    "#org,#sector,#subsector,#status,#beneficiary,#indicator+name,#access,#frequency,#item,#operations,"
    "#service,#channel,#modality,#currency,#impact,#group,#severity"
)
"""Tags whose rare values libhxl's default schema warns of when they resemble a frequent one."""


def raw(name):
    return json.loads(schemas.path_of("tables", f"{name}.json").read_text(encoding="utf-8"))


def rows_of(folder, name):
    text = schemas.path_of(folder, f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.reader(io.StringIO(text)))


def varied(field, number):
    """Return the value of a field in row `number` of a sheet: valid, and not the same in every row."""
    if field.codelist:
        values = codelist(field.codelist).values
        return values[number % len(values)]
    low, high = (field.constraints.get(name, 5000) for name in ("minimum", "maximum"))
    by_type = {
        "date": lambda: date.fromisoformat(field.example) + timedelta(days=17 * number),
        "boolean": lambda: ("true", "false")[number % 2],
        "integer": lambda: 1 + number % 7,
        "number": lambda: round(low + (high - low) * (number % 11) / 11, 4),
        "string": lambda: field.example if "pattern" in field.constraints else f"{field.example} {number}",
    }
    return str(by_type[field.type]())


def sheet(name, count=60):
    fields = table(name).fields
    return [[varied(field, number) for field in fields] for number in range(count)]


def libhxl_findings(name, rows):
    """Return what libhxl's built-in schema, read from its own package, says about the rows."""
    report = hxl.validate([list(table(name).tags), *rows])
    found = [(issue["rule_id"], issue["description"]) for issue in report["issues"]]
    return found, report["is_valid"]


def test_the_tables_are_those_of_the_model():
    assert set(TABLES) == set(ORDER)


@pytest.mark.parametrize("name", TABLES)
def test_file_is_written_as_agreed(name):
    path = schemas.path_of("tables", f"{name}.json")
    described = raw(name)
    assert path.read_text(encoding="utf-8") == json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    assert list(described) == ["name", "title", "description", "fields", "primaryKey", "foreignKeys"]
    assert described["name"] == name
    assert described["title"]
    assert described["description"].endswith(".")


@pytest.mark.parametrize("name", TABLES)
def test_every_field_is_complete_and_its_keys_are_in_order(name):
    for field in raw(name)["fields"]:
        assert list(field) == KEYS + ["codelist"] * ("codelist" in field), field["name"]
        assert all(field[key] for key in KEYS if key != "constraints"), field["name"]
        assert field["type"] in TYPES, field["name"]
        assert isinstance(field["example"], str), field["name"]
        assert field["constraints"].keys() <= CONSTRAINTS, field["name"]
        assert field["description"].endswith("."), field["name"]
        assert field["title"] != field["name"]
        assert re.fullmatch("[a-z][a-z0-9_]*", field["name"])


@pytest.mark.parametrize("name", TABLES)
def test_names_and_tags_are_unique_and_core(name):
    described, core = table(name), {row[0]: row[4] for row in rows_of("hxl", "core_hashtags")}
    assert len(set(described.names)) == len(described.fields)
    tags = [parse_tag(tag) for tag in described.tags]
    assert len({tag.sorted for tag in tags}) == len(tags)
    assert [str(tag) for tag in tags] == list(described.tags)
    assert {tag.hashtag for tag in tags if core.get(tag.hashtag) != "true"} == set()


@pytest.mark.parametrize("name", TABLES)
def test_required_fields(name):
    assert {f.name for f in table(name).fields if f.required} == set(REQUIRED[name].split())


@pytest.mark.parametrize("name", TABLES)
def test_keys(name):
    described = table(name)
    assert all(described[key].required for key in described.primary_key)
    unique = [f.name for f in described.fields if f.constraints.get("unique")]
    assert unique == (list(described.primary_key) if len(described.primary_key) == 1 else [])
    for key in described.foreign_keys:
        assert key.reference == table(key.table).primary_key
        assert set(key.fields) <= set(described.names)
    references = {(key.fields, key.table) for key in described.foreign_keys}
    assert ((("source_id",), "sources") in references) == (
        "source_id" in described.names and name != "sources"
    )
    assert ((("event_id",), "events") in references) == ("event_id" in described.names and name != "events")


@pytest.mark.parametrize("name", WITH_PLACE)
def test_place_block_is_the_same_everywhere(name):
    fields, first = table(name), table("events")
    at = fields.names.index(PLACE[0])
    assert list(fields.names[at : at + len(PLACE)]) == PLACE
    assert [fields[n] for n in PLACE] == [first[n] for n in PLACE]


@pytest.mark.parametrize("name", WITH_QUANTITY)
def test_quantity_block_is_the_same_everywhere_but_for_the_number_tags(name):
    fields, first = table(name), table("casualties")
    at = fields.names.index(QUANTITY[0])
    assert list(fields.names[at : at + len(QUANTITY)]) == QUANTITY
    expected = copy.deepcopy([first[n].descriptor for n in QUANTITY])
    if name == "indicators":
        for descriptor in expected:
            descriptor["hxl_tag"] = descriptor["hxl_tag"].replace("#affected", "#indicator")
    assert [fields[n].descriptor for n in QUANTITY] == expected


def test_no_other_table_has_parts_of_a_block():
    for name, (block, holders) in product(TABLES, [(PLACE, WITH_PLACE), (QUANTITY, WITH_QUANTITY)]):
        assert name in holders or not set(block) & set(table(name).names)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_example_passes_its_own_constraints(name, field):
    cell, notes = frictionless.Field.from_descriptor(field.descriptor).read_cell(field.example)
    assert not notes, (name, notes)
    assert cell is not None


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_alternatives_of_a_pattern_are_in_parentheses(name, field):
    """frictionless matches `'^' + pattern + '$'`, where a bare `a|b` would be `^a` or `b$`."""
    pattern = field.constraints.get("pattern", "")
    assert "|" not in re.sub(r"\([^()]*\)", "", pattern), name
    assert not pattern.startswith("^"), name


@pytest.mark.parametrize("name", TABLES)
def test_frictionless_accepts_the_schema_and_whole_rows(name):
    described = table(name)
    schema = frictionless.Schema.from_descriptor(described.schema(()))
    example = [field.example for field in described.fields]
    for rows in ([example], sheet(name)):
        report = frictionless.validate([list(described.names), *rows], schema=schema)
        assert report.valid, report.flatten(["fieldName", "message"])


def test_frictionless_accepts_a_package_of_examples_and_follows_its_keys():
    rows = {name: {f.name: f.example for f in table(name).fields} for name in TABLES}
    ids = {row["source_id"] for row in rows.values() if "source_id" in row}
    records = {name: [row] for name, row in rows.items()}
    records["sources"] = [{**rows["sources"], "source_id": source} for source in sorted(ids)]
    records["casualties"].append({**rows["casualties"], "figure_id": "no-event", "event_id": ""})
    assert _package(records).validate().valid
    records["casualties"].append({**rows["casualties"], "figure_id": "lost", "event_id": "nowhere"})
    errors = _package(records).validate().flatten(["type", "message"])
    assert [kind for kind, _ in errors] == ["foreign-key"]


def _package(records):
    resources = [
        frictionless.Resource(
            name=name,
            data=[list(table(name).names), *(list(row.values()) for row in records[name])],
            schema=frictionless.Schema.from_descriptor(table(name).schema(TABLES)),
        )
        for name in TABLES
    ]
    return frictionless.Package(resources=resources)


@pytest.mark.parametrize("name", TABLES)
def test_libhxl_finds_nothing_wrong(name):
    example = [field.example for field in table(name).fields]
    rows = sheet(name)
    with_gaps = [
        [cell if field.required or (row + column) % 3 else "" for column, (field, cell) in enumerate(pairs)]
        for row, pairs in enumerate([list(zip(table(name).fields, cells, strict=True)) for cells in rows])
    ]
    for shown in ([example], rows, with_gaps):
        assert libhxl_findings(name, shown) == ([], True)


def test_libhxl_would_find_text_among_numbers_and_dates():
    fields = table("casualties").fields
    wrong = [{"value": "over 80", "date_start": "Thursday"}.get(f.name, f.example) for f in fields]
    found, valid = libhxl_findings("casualties", [wrong])
    assert len(found) == 2
    assert not valid


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_rare_code_does_not_look_misspelt_to_libhxl(name, field):
    if not field.codelist or not any(p.match(Column.parse(field.hxl_tag)) for p in SPELL_CHECKED):
        return
    values = codelist(field.codelist).values
    near = {a: find_closest_match(a, [b for b in values if b != a]) for a in values}
    assert {a: b for a, b in near.items() if b} == {}, name


def test_every_code_list_is_used_and_every_named_one_exists():
    named = {f.codelist for name in TABLES for f in table(name).fields if f.codelist}
    assert named | {"sensitivity"} == set(codelist_names()), "sensitivity is a property of the package"


@pytest.mark.parametrize("name", codelist_names())
def test_code_list(name):
    codes = codelist(name).codes
    assert rows_of("codelists", name)[0] == ["code", "title", "description", "source", "deprecated"]
    assert len(set(codelist(name).values)) == len(codes)
    assert all(code.code and code.title and code.description and code.source for code in codes)
    assert all(value == " ".join(value.split()) for code in codes for value in vars(code).values())
    assert all(code.description.endswith(".") for code in codes)
    if name not in {"location", "licence"}:
        assert all(re.fullmatch("[a-z][a-z0-9_]*", code.code) for code in codes)


def test_spelling_is_british():
    names = [*chain(*(table(name).names for name in TABLES)), *codelist_names()]
    codes = chain(*(codelist(name).values for name in codelist_names()))
    assert [w for w in chain(names, codes) if re.search("license|center|labor|organiza|defense", w)] == []


def test_locations_are_those_of_the_installed_taxonomy(request):
    """The script runs in a process of its own because hdx-python-country leaves its file open."""
    listing = "from refresh_locations import locations; print(*(line[0] for line in locations()))"
    scripts = request.config.rootpath / "scripts"
    found = subprocess.run([sys.executable, "-c", listing], cwd=scripts, capture_output=True, check=True)
    assert found.stdout.decode().split() == list(codelist("location").values)
    assert {"XKX", "SYR", "PSE", "TWN", "SSD", "ESH"} <= set(codelist("location").values)


@pytest.mark.parametrize("name", crosswalk_names())
def test_crosswalk(name):
    header, *rows = rows_of("crosswalks", name)
    assert header[:2] == ["source_value", "code"]
    assert {len(row) for row in rows} == {len(header)}
    assert len(crosswalk(name).mapping) == len(rows)
    assert set(crosswalk(name).mapping.values()) <= set(codelist(crosswalk(name).codelist).values)


@pytest.mark.parametrize(
    ("number", "code"),
    re.findall(
        r"(\d+) ([A-Z]{3})",
        "2 USA, 260 DEU, 265 DEU, 316 CZE, 340 SRB, 345 SRB, 347 XKX, 365 RUS, 484 COG, 490 COD, 530 ETH, "
        "531 ERI, 572 SWZ, 625 SDN, 626 SSD, 651 EGY, 652 SYR, 666 ISR, 678 YEM, 680 YEM, 713 TWN, 775 MMR, "
        "817 VNM, 860 TLS, 987 FSM",
    ),
)
def test_gleditsch_ward_numbers(number, code):
    assert crosswalk("gleditsch_ward-location").mapping[number] == code


def test_czechoslovakia_is_no_current_country():
    assert "315" not in crosswalk("gleditsch_ward-location").mapping


def test_gleditsch_ward_numbers_of_ucdp(request):
    """Every country of UCDP's country-year data but Czechoslovakia has a code."""
    path = request.config.rootpath.parent / "shared/data/ucdp/organizedviolencecy_v25_1.csv"
    if not path.is_file():
        pytest.skip("the sample data are not here")
    with path.open(encoding="utf-8", newline="") as file:
        numbers = {row["country_id_cy"] for row in csv.DictReader(file)}
    assert numbers - crosswalk("gleditsch_ward-location").mapping.keys() == {"315"}


def test_pcodes_of_the_global_list_fit_the_pattern(request):
    path = request.config.rootpath.parent / "shared/data/cod/global_pcodes_adm_1_2.csv"
    if not path.is_file():
        pytest.skip("the sample data are not here")
    pattern = re.compile(table("events")["admin1_code"].constraints["pattern"])
    with path.open(encoding="utf-8-sig", newline="") as file:
        codes = {row["P-Code"] for row in csv.DictReader(file)}
    assert {code for code in codes if not pattern.fullmatch(code)} == {"Unspecified"}


SHA = "sha256:" + "0" * 64


def descriptor():
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "nw-syria-2024",
        "title": "Northwest Syria, November 2024",
        "version": "1.0.0",
        "licenses": [{"name": "CC-BY-4.0"}],
        "contributors": [{"title": "The hxl_kit developers"}],
        "sources": [{"title": "OCHA flash update"}],
        "temporal": {"start": "2024-11-26", "end": "2024-12-31"},
        "spatial": {"locations": ["SYR"], "bbox": [35.7, 34.9, 37.9, 36.9]},
        "provenance": {
            "tool": "hxl_kit",
            "version": "0.1.0",
            "inputs": [{"name": "reported_figures.csv", "hash": SHA, "bytes": 10}],
        },
        "resources": [
            {
                "name": "sources",
                "type": "table",
                "path": "data/sources.csv",
                "hash": SHA,
                "bytes": 10,
                "schema": table("sources").schema(TABLES),
            },
            {"name": "sources-parquet", "type": "file", "path": "sources.parquet", "hash": SHA, "bytes": 0},
        ],
    }


def profile_errors(described):
    profile = json.loads(schemas.path_of("profile.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(profile)
    return list(jsonschema.Draft202012Validator(profile).iter_errors(described))


def test_profile_accepts_what_it_should():
    assert profile_errors(descriptor()) == []


def test_profile_is_usable_offline():
    text = schemas.path_of("profile.json").read_text(encoding="utf-8")
    assert set(re.findall(r'"\$ref": "([^"]*)"', text)) == {
        f"#/$defs/{name}" for name in json.loads(text)["$defs"]
    }


OPTIONAL = {"description", "temporal", "spatial"}


@pytest.mark.parametrize("name", sorted(set(descriptor()) - OPTIONAL))
def test_profile_requires(name):
    described = descriptor()
    del described[name]
    assert [(e.validator, list(e.path)) for e in profile_errors(described)] == [("required", [])]


@pytest.mark.parametrize(
    ("path", "value", "validator"),
    [
        (["$schema"], "https://datapackage.org/profiles/1.0/datapackage.json", "const"),
        (["name"], "Northwest Syria", "pattern"),
        (["title"], "", "minLength"),
        (["version"], 1, "type"),
        (["licenses"], [], "minItems"),
        (["licenses", 0], {"title": "free"}, "required"),
        (["contributors"], [], "minItems"),
        (["sources"], [], "minItems"),
        (["sources", 0], {"path": "x"}, "required"),
        (["temporal"], {"start": "2024-11-26"}, "required"),
        (["temporal", "end"], "31 December", "pattern"),
        (["temporal", "end"], "2024-13-01", "pattern"),
        (["spatial", "locations"], [], "minItems"),
        (["spatial", "locations", 0], "sy", "pattern"),
        (["spatial", "locations"], ["SYR", "SYR"], "uniqueItems"),
        (["spatial", "bbox"], [35.7, 34.9], "minItems"),
        (["spatial", "bbox"], [35.7, 34.9, 37.9, 96.9], "maximum"),
        (["provenance"], {"tool": "hxl_kit", "version": "1"}, "required"),
        (["provenance", "inputs", 0, "hash"], "md5:00", "pattern"),
        (["provenance", "inputs", 0, "bytes"], "10", "type"),
        (["resources", 0, "hash"], "0" * 64, "pattern"),
        (["resources", 0, "bytes"], -1, "minimum"),
        (["resources", 0, "path"], "../sources.csv", "pattern"),
        (["resources", 0, "path"], "data/../../sources.csv", "pattern"),
        (["resources", 0, "path"], "/etc/sources.csv", "pattern"),
        (["resources", 0, "path"], "https://example.org/sources.csv", "pattern"),
        (["resources", 0, "path"], "data\\sources.csv", "pattern"),
        (["resources", 0, "name"], "events", "contains"),
        (["resources", 1], {"name": "x", "path": "x.csv", "hash": SHA}, "required"),
        (["resources", 1, "type"], "table", "required"),
        (["resources", 1, "schema"], {"fields": []}, "const"),
        (["resources", 0, "schema", "fields"], [], "minItems"),
        (["resources", 0, "schema", "fields", 0], {"name": "a", "type": "string"}, "required"),
        (["resources", 0, "schema", "fields", 0, "hxl_tag"], "meta+id", "pattern"),
    ],
)
def test_profile_refuses(path, value, validator):
    described = descriptor()
    *parents, last = path
    holder = described
    for step in parents:
        holder = holder[step]
    holder[last] = value
    assert validator in {error.validator for error in profile_errors(described)}
