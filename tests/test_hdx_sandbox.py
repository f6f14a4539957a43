"""The sandbox HDX: it is filled, keeps HDX's rules, and misbehaves exactly as told."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
import requests
from hdx_sandbox_for_tests import ROOT, script

DATA = b"place,people\nAleppo,12\nIdlib,7\n"


@pytest.fixture(scope="module")
def vocabulary(sandbox) -> str:
    return sandbox.call("vocabulary_show", {"id": "Topics"})["id"]


@pytest.fixture
def dataset(sandbox, vocabulary):
    """Metadata of a dataset that HDX accepts; it is removed after the test."""
    yield {
        "name": "sandbox-test",
        "title": "Sandbox test",
        "notes": "Made up.",
        "dataset_source": "Nobody",
        "owner_org": sandbox.organisation,
        "maintainer": sandbox.maintainer,
        "license_id": "cc-by",
        "methodology": "Census",
        "dataset_date": "[2024-01-01T00:00:00 TO 2024-12-31T23:59:59]",
        "data_update_frequency": "365",
        "groups": [{"name": "syr"}],
        "tags": [{"name": "conflict-violence", "vocabulary_id": vocabulary}],
        "private": False,
    }
    sandbox.no_faults()
    sandbox.purge("sandbox-test")


def created(sandbox, dataset, **changes):
    return sandbox.ask("package_create", {**dataset, **changes}, sandbox.editor_key)


def with_file(sandbox, dataset, content: bytes = DATA, **fields) -> dict:
    """A new dataset with one uploaded file."""
    made = created(sandbox, dataset).body
    resource = {"name": "people.csv", "format": "csv", "description": "People", **fields}
    asked = {"match": {"id": made["id"]}, "update__resources__extend": [resource]}
    return sandbox.call("package_revise", asked, sandbox.editor_key, upload(-1, content))["package"]


def upload(place: int | str, content: bytes) -> dict:
    return {f"update__resources__{place}__upload": ("people.csv", io.BytesIO(content))}


def fetched(address: str, key: str = "") -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(address, headers={"Authorization": key} if key else {}, timeout=30)


def test_it_is_filled_with_the_lists_of_hdx(sandbox):
    locations = sandbox.call("group_list")
    assert {"syr", "pse", "world"} <= set(locations)
    assert len(locations) > 245
    complete = sandbox.call("group_list", {"all_fields": True, "offset": 1})
    assert [row["name"] for row in complete] == locations[1:]
    tags = {tag["name"] for tag in sandbox.call("vocabulary_show", {"id": "Topics"})["tags"]}
    assert {"conflict-violence", "hxl"} <= tags
    assert {"cc-by", "hdx-other"} <= {licence["id"] for licence in sandbox.call("license_list")}
    assert sandbox.call("organization_show", {"id": sandbox.organisation})["title"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"notes": " "}, "notes"),
        ({"dataset_date": "2024"}, "dataset_date"),
        ({"dataset_date": "[2024-12-31 TO 2024-01-01]"}, "dataset_date"),
        ({"groups": []}, "groups_list"),
        ({"groups": [{"name": "atlantis"}]}, "groups_list"),
        ({"license_id": "hdx-other"}, "license_other"),
        ({"license_id": "my-own"}, "license_id"),
        ({"methodology": "Other"}, "methodology_other"),
        ({"data_update_frequency": "3"}, "data_update_frequency"),
        ({"maintainer": "outsider"}, "maintainer"),
        ({"tags": [{"name": "made up"}]}, "tags"),
        ({"tags": [{"name": "crisis-sandbox"}]}, "tags"),
        ({"is_requestdata_type": True}, "field_names"),
    ],
)
def test_a_public_dataset_has_to_be_complete(sandbox, dataset, vocabulary, changes, field):
    for tag in changes.get("tags", []):
        tag["vocabulary_id"] = vocabulary
    refused = created(sandbox, dataset, **changes)
    assert (refused.status, field in refused.body) == (409, True), refused.body


def test_a_private_dataset_may_be_incomplete(sandbox, dataset):
    left = ("notes", "methodology", "dataset_date", "data_update_frequency", "groups", "license_id")
    shell = {name: value for name, value in dataset.items() if name not in left}
    assert created(sandbox, shell, private=True).status == 200
    assert sandbox.ask("package_show", {"id": dataset["name"]}, key="").status == 403


def test_only_the_organisation_writes(sandbox, dataset):
    assert sandbox.ask("package_create", dataset, sandbox.outsider_key).status == 403
    assert sandbox.ask("package_create", dataset, key="").status == 403


def test_a_dry_run_stores_nothing(sandbox, dataset):
    assert sandbox.ask("package_validate", dataset, sandbox.editor_key).status == 200
    assert sandbox.ask("package_validate", {**dataset, "notes": ""}, sandbox.editor_key).status == 409
    assert sandbox.ask("package_show", {"id": dataset["name"]}).status == 404


def test_by_request_shows_metadata_only(sandbox, dataset):
    asked = {
        "is_requestdata_type": True,
        "field_names": "place,people",
        "file_types": "csv",
        "num_of_rows": "2",
    }
    shown = created(sandbox, dataset, **asked).body
    assert (shown["is_requestdata_type"], shown["field_names"]) == (True, "place,people")
    resource = {"name": "a", "format": "csv", "url": "https://example.org/a.csv", "package_id": shown["id"]}
    assert "is_requestdata_type" in sandbox.ask("resource_create", resource, sandbox.editor_key).body


def test_what_the_staff_sets_stays_as_it_was(sandbox, dataset):
    made = created(sandbox, dataset, cod_level="cod-enhanced").body
    assert "cod_level" not in made
    sandbox.call("package_patch", {"id": made["id"], "cod_level": "cod-standard"})
    change = {"id": made["id"], "cod_level": "not-cod", "title": "Changed"}
    changed = sandbox.call("package_patch", change, sandbox.editor_key)
    assert (changed["cod_level"], changed["title"]) == ("cod-standard", "Changed")


def test_a_stale_match_is_refused_and_changes_nothing(sandbox, dataset):
    made = with_file(sandbox, dataset)
    pinned = {"id": made["id"], "metadata_modified": made["metadata_modified"]}
    sandbox.call("package_patch", {"id": made["id"], "title": "By somebody else"})
    late = {"match": pinned, "update": {"title": "Too late"}}
    refused = sandbox.ask("package_revise", late, sandbox.editor_key, upload(0, b"other\n"))
    assert (refused.status, refused.body["match"]) == (409, ["metadata_modified"])
    assert sandbox.call("package_show", {"id": made["id"]})["title"] == "By somebody else"
    assert fetched(made["resources"][0]["url"]).content == DATA


def test_a_new_file_ends_the_quarantine(sandbox, dataset):
    made = with_file(sandbox, dataset)
    resource = made["resources"][0]
    sandbox.call("hdx_mark_resource_in_quarantine", {"id": resource["id"], "in_quarantine": True})
    assert fetched(resource["url"]).status_code == 403
    assert fetched(resource["url"], sandbox.editor_key).content == DATA
    freed = {"match": {"id": made["id"]}, f"update__resources__{resource['id']}": {"in_quarantine": False}}
    kept = sandbox.call("package_revise", freed, sandbox.editor_key)["package"]
    assert kept["resources"][0]["in_quarantine"] is True
    again = {"match": {"id": made["id"]}}
    after = sandbox.call("package_revise", again, sandbox.editor_key, upload(0, DATA))["package"]
    assert after["resources"][0]["in_quarantine"] is False
    assert fetched(resource["url"]).content == DATA


def test_microdata_go_into_quarantine(sandbox, dataset):
    made = with_file(sandbox, dataset, microdata=True)
    assert made["resources"][0]["in_quarantine"] is True


def test_a_data_dictionary_names_types(sandbox, dataset):
    made = with_file(sandbox, dataset)
    wanted = {
        "id": made["resources"][0]["id"],
        "hdx_data_dictionary": '[{"field": "place", "data_type": "word"}]',
    }
    assert sandbox.ask("resource_patch", wanted, sandbox.editor_key).status == 409
    wanted["hdx_data_dictionary"] = (
        '[{"field": "place", "label": "", "description": "", "data_type": "text"}]'
    )
    assert sandbox.ask("resource_patch", wanted, sandbox.editor_key).status == 200


def test_the_page_of_a_dataset_shows_its_fields_and_files(sandbox, dataset):
    with_file(sandbox, dataset)
    page = fetched(f"{sandbox.url}/dataset/{dataset['name']}")
    assert page.status_code == 200
    fields = (dataset["title"], "Census", "Syrian Arab Republic", "2024-12-31T23:59:59")
    for text in (*fields, "people.csv", "nothing here is public"):
        assert text in page.text


def test_the_search_finds_by_organisation_location_tag_and_word(sandbox, dataset):
    created(sandbox, dataset)
    for query in (
        {"fq": f"organization:{sandbox.organisation}"},
        {"fq": "groups:syr"},
        {"fq": 'vocab_Topics:"conflict-violence"'},
        {"q": "sandbox AND NOT nothing"},
        {"q": "title:Sandbox +test", "fq": "metadata_modified:[NOW-1DAY TO *]"},
    ):
        found = sandbox.call("package_search", query, key="")
        assert [row["name"] for row in found["results"]] == [dataset["name"]], query
    assert sandbox.call("package_search", {"fq": "groups:(afg OR ukr)"})["count"] == 0
    assert sandbox.ask("package_search", {"q": "((("}).status != 200


def show(sandbox) -> requests.Response:
    return fetched(f"{sandbox.url}/api/3/action/status_show")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503, 504])
def test_faults_by_status(sandbox, status, when):
    sandbox.fault(path="status_show", fault=str(status), when=when, retry_after=2)
    answer = show(sandbox)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "2")
    assert show(sandbox).status_code == 200


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reset_gives_no_answer(sandbox, when):
    sandbox.fault(path="status_show", fault="reset", when=when)
    with pytest.raises(requests.ConnectionError):
        show(sandbox)
    assert show(sandbox).status_code == 200


def test_a_truncated_answer_ends_too_early(sandbox):
    sandbox.fault(path="status_show", fault="truncated", when="after")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        show(sandbox)


def test_pages_redirects_and_hangs(sandbox):
    sandbox.fault(path="status_show", fault="html")
    assert show(sandbox).text.startswith("<!DOCTYPE html>")
    sandbox.fault(path="status_show", fault=f"redirect:{sandbox.url}/api/3/action/group_list")
    assert "syr" in show(sandbox).json()["result"]
    sandbox.fault(path="status_show", fault="hang:0.3")
    assert show(sandbox).status_code == 504


def test_before_leaves_the_work_undone_and_after_has_done_it(sandbox, dataset):
    made = created(sandbox, dataset).body
    for when, title in (("before", "Sandbox test"), ("after", "Changed")):
        sandbox.fault(path="package_patch", fault="reset", when=when)
        with pytest.raises(requests.ConnectionError):
            sandbox.ask("package_patch", {"id": made["id"], "title": "Changed"})
        assert sandbox.call("package_show", {"id": made["id"]})["title"] == title


def test_skip_and_times(sandbox):
    sandbox.fault(path="status_show", fault="503", skip=1, times=2)
    assert [show(sandbox).status_code for _ in range(4)] == [200, 503, 503, 200]


def test_spoilt_uploads_look_like_good_ones(sandbox, dataset):
    for fault, expected in (
        ("short-upload", DATA[: len(DATA) // 2]),
        ("corrupt-upload", None),
        ("dropped-upload", None),
    ):
        sandbox.fault(path="package_revise", fault=fault)
        resource = with_file(sandbox, dataset)["resources"][0]
        assert resource["size"] == len(DATA)
        served = fetched(resource["url"])
        assert served.content != DATA
        assert served.status_code == (200 if fault != "dropped-upload" else served.status_code)
        assert expected in {None, served.content}
        sandbox.purge(dataset["name"])


def test_spoilt_downloads_look_like_good_ones(sandbox, dataset):
    address = with_file(sandbox, dataset)["resources"][0]["url"]
    sandbox.fault(path="download", fault="short-download")
    assert fetched(address).content == DATA[: len(DATA) // 2]
    sandbox.fault(path="download", fault="html-download")
    assert fetched(address).headers["Content-Type"].startswith("text/html")
    assert fetched(address).content == DATA


def test_downloads_have_etags_and_ranges(sandbox, dataset):
    address = with_file(sandbox, dataset)["resources"][0]["url"]
    whole = fetched(address)
    with requests.Session() as session:
        session.trust_env = False
        same = session.get(address, headers={"If-None-Match": whole.headers["ETag"]}, timeout=30)
        rest = session.get(address, headers={"Range": "bytes=6-"}, timeout=30)
    assert same.status_code == 304
    assert (rest.status_code, rest.content) == (206, DATA[6:])


def test_requests_are_written_down(sandbox):
    sandbox.clear_requests()
    show(sandbox)
    sandbox.call("group_list")
    first, second = sandbox.requests()
    assert (first["method"], first["action"], first["status"], first["key"]) == (
        "GET",
        "status_show",
        200,
        False,
    )
    assert (second["method"], second["action"], second["key"]) == ("POST", "group_list", True)


HDX_PYTHON_API = """
import pathlib, sys
from hdx.api.configuration import Configuration
from hdx.data.dataset import Dataset
from hdx.location.country import Country

url, key, organisation, maintainer, lists, file = sys.argv[1:]
folder = pathlib.Path(lists)
Country.countriesdata(use_live=False)
Configuration.create(hdx_url=url, hdx_key=key, user_agent="sandbox-test", hdx_read_only=False, project_config_dict={
    "tags_mapping_url": (folder / "tags_mapping.csv").as_uri(), "tags_list_url": (folder / "tags.csv").as_uri(),
    "formats_mapping_url": (folder / "formats.json").as_uri()})
dataset = Dataset({"name": "sandbox-test-client", "title": "By the client", "notes": "Made up.", "private": False,
    "dataset_source": "Nobody", "license_id": "cc-by", "methodology": "Census", "data_update_frequency": "365"})
dataset["owner_org"], dataset["maintainer"] = organisation, maintainer
dataset.set_time_period("2024-01-01", "2024-12-31")
dataset.add_country_location("SYR")
dataset["tags"] = [{"name": "conflict-violence", "vocabulary_id": sys.stdin.read()}]
resource = dict(name="people.csv", description="People", format="csv")
from hdx.data.resource import Resource
resource = Resource(resource)
resource.set_file_to_upload(file)
dataset.add_update_resource(resource)
dataset.create_in_hdx(hxl_update=False, updated_by_script="sandbox-test", batch_mode="KEEP_OLD")
print(Dataset.read_from_hdx("sandbox-test-client").get_resources()[0]["url"])
"""


def test_hdx_python_api_works_against_it(sandbox, vocabulary, tmp_path):
    (tmp_path / "people.csv").write_bytes(DATA)
    (tmp_path / "tags_mapping.csv").write_text("Current Tag,Action to Take,New Tag(s)\n", encoding="utf-8")
    (tmp_path / "tags.csv").write_text("Accepted Tags\nconflict-violence\n", encoding="utf-8")
    (tmp_path / "formats.json").write_text('[["CSV", "Table", "text/csv", [".csv"]]]', encoding="utf-8")
    organisation = sandbox.call("organization_show", {"id": sandbox.organisation})["id"]
    maintainer = sandbox.call("user_show", {"id": sandbox.maintainer})["id"]
    told = (
        sandbox.url,
        sandbox.editor_key,
        organisation,
        maintainer,
        str(tmp_path),
        str(tmp_path / "people.csv"),
    )
    done = subprocess.run(
        [sys.executable, "-c", HDX_PYTHON_API, *told],
        input=vocabulary,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )
    try:
        assert done.returncode == 0, done.stderr
        assert fetched(done.stdout.split()[-1]).content == DATA
    finally:
        sandbox.purge("sandbox-test-client")


def test_a_taken_port_is_told_in_plain_words(sandbox, tmp_path):
    port = sandbox.url.rpartition(":")[2]
    refused = script("up", "--port", port, HDX_SANDBOX_DIR=str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"hdx_sandbox: port {port} is taken")
    assert "--port" in refused.stderr
    assert script("env", "--port", port, HDX_SANDBOX_DIR=str(tmp_path)).stderr.endswith(
        "scripts/hdx_sandbox.py up\n"
    )
    assert script("status", "--port", port).returncode == 0


def test_it_goes_when_the_process_that_wanted_it_is_gone(tmp_path):
    folder = tmp_path / "run-9"
    folder.mkdir()
    (folder / "env").write_text("HDX_URL=http://127.0.0.1:9\n", encoding="utf-8")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", str(folder)]) as server:
        (folder / "ckan.pid").write_text(str(server.pid), encoding="utf-8")
        with subprocess.Popen([sys.executable, "-c", ""]) as gone:
            pass
        assert (
            script(
                "watch", "--port", "9", "--parent", str(gone.pid), HDX_SANDBOX_DIR=str(tmp_path)
            ).returncode
            == 0
        )
        assert server.wait(10) != 0
    assert not (folder / "env").exists()


def test_the_project_stays_apart_from_what_imports_ckan():
    files = sorted((ROOT / "tests/hdx_sandbox").rglob("*.py"))
    assert len(files) >= 8
    for file in files:
        assert file.read_text(encoding="utf-8").startswith(
            "# SPDX-License-Identifier: AGPL-3.0-or-later\n"
        ), file
    for folder in ("hxl_kit", "scripts"):
        for file in (ROOT / folder).rglob("*.py"):
            assert "import ckan" not in file.read_text(encoding="utf-8"), file
            assert "from hdx_sandbox." not in file.read_text(encoding="utf-8"), file
