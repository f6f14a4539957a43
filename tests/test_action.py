"""The GitHub Action and the pre-commit hook, run as the runner and pre-commit run them."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from hxl_kit.settings import read_settings
from hxl_kit.validation.baseline import read_baseline

ROOT = Path(__file__).parents[1]
BASH = shutil.which("bash") or ""
ACTION = YAML(typ="safe").load((ROOT / "action.yml").read_text(encoding="utf-8"))
(HOOK,) = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}

pytestmark = pytest.mark.skipif(not BASH, reason="needs bash")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of two packages, the first with three faults."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from made_repository import make_repository
    finally:
        sys.path.pop(0)
    folder = tmp_path_factory.mktemp("checkout")
    assert make_repository(folder / "packages", 2, 5) == 3
    return folder


@pytest.fixture
def checkout(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "checkout"))


def run_step(name, checkout, inputs=None, **environment):
    """Run a step of the action with inputs, and return how it ended and what the summary is."""
    beside = checkout.parent / "runner"
    beside.mkdir(exist_ok=True)
    values = {key: given.get("default", "") for key, given in ACTION["inputs"].items()} | (inputs or {})
    step = STEPS[name]
    asked = {key: re.sub(r"\$\{\{ inputs\.(.+?) \}\}", lambda m: values[m[1]], text)
             for key, text in step["env"].items()}  # fmt: skip
    files = {key: str(beside / key.lower()) for key in ("GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
    plain = {key: os.environ[key] for key in ("PATH", "HOME", "SYSTEMROOT") if key in os.environ}
    script = beside / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    ended = subprocess.run(
        [BASH, "--noprofile", "--norc", "-e", "-o", "pipefail", script],
        cwd=checkout,
        env={
            **plain,
            **asked,
            **files,
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(checkout),
            "RUNNER_TEMP": str(beside),
            "HXL_KIT_PYTHON": sys.executable,
            "HXL_KIT_CACHE": str(beside / "cache"),
            "PYTHONPATH": str(ROOT),
            **environment,
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    summary = Path(files["GITHUB_STEP_SUMMARY"])
    return ended, summary.read_text(encoding="utf-8") if summary.exists() else ""


def annotations(ended, kind="error"):
    return [line for line in ended.stdout.splitlines() if line.startswith(f"::{kind} ")]


def test_every_input_reaches_a_step_and_none_is_part_of_a_script():
    used = " ".join(text for step in STEPS.values() for text in step.get("env", {}).values())
    for name, given in ACTION["inputs"].items():
        assert given["description"]
        assert given["default"] == ""
        assert f"${{{{ inputs.{name} }}}}" in used, name
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")
        assert ("run" in step) == (step.get("shell") == "bash")


@pytest.mark.parametrize("name", ["ci_install.sh", "ci_validate.sh"])
def test_scripts_are_bash(name):
    subprocess.run([BASH, "-n", ROOT / "scripts" / name], check=True)


def test_each_finding_is_an_annotation_and_there_is_one_summary_and_sarif(checkout):
    ended, summary = run_step("Validate", checkout, {"path": "packages\n", "sarif": "found/hxl kit.sarif"})
    assert ended.returncode == 1, ended.stderr
    found = annotations(ended)
    assert len(found) == 3
    assert all("file=packages/country-00/events-000/events.csv,line=" in line for line in found)
    assert len(annotations(ended, "notice")) == 1
    assert summary.count("## hxl-kit: INVALID") == 1
    assert "paths: 2, of them invalid: 1" in summary
    assert "| packages/country-00/events-000/datapackage.json | INVALID | 3 |" in summary
    sarif = json.loads((checkout / "found/hxl kit.sarif").read_text(encoding="utf-8"))
    results = sarif["runs"][0]["results"]
    assert len(results) == 3
    assert len({one["partialFingerprints"]["hxlKit/v1"] for one in results}) == 3


def test_settings_and_the_baseline_of_the_repository_count(checkout):
    text = '[validate]\npaths = ["packages"]\nbaseline = "known.json"\nfail_on = "warning"\n'
    (checkout / "hxl-kit.toml").write_text(text)
    ours = [sys.executable, "-m", "hxl_kit", "validate", "--write-baseline"]
    subprocess.run(ours, cwd=checkout, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    ended, summary = run_step("Validate", checkout)
    assert ended.returncode == 0, ended.stderr
    assert "## hxl-kit: valid" in summary
    assert "    3 accepted by the baseline" in summary
    ended, summary = run_step("Validate", checkout, {"baseline": "other.json"})
    assert ended.returncode == 3
    assert "other.json: no such file" in summary


HOSTILE = "$(touch sprung)`touch sprung`;touch sprung\n-o\n--format=xlsx"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"path": HOSTILE}, 3),
        ({"path": "packages", "checks": f"all,{HOSTILE}"}, 2),
        ({"path": "packages", "fail-on": "warning --debug"}, 2),
        ({"path": "packages", "changed-since": "--output=sprung"}, 3),
        ({"path": ""}, 2),
    ],
)
def test_inputs_are_nothing_but_values(checkout, inputs, code):
    before = sorted(checkout.rglob("*"))
    ended, summary = run_step("Validate", checkout, inputs, GIT_CEILING_DIRECTORIES=str(checkout.parent))
    assert ended.returncode == code, ended.stderr
    assert sorted(checkout.rglob("*")) == before
    assert "Traceback" not in ended.stderr
    if code > 1:
        assert annotations(ended)[-1].endswith("see the log")
        assert summary


def test_the_install_step_takes_the_checkout_or_a_version(checkout):
    stub = checkout.parent / "python"
    stub.write_text(
        '#!/bin/sh\necho "$@" >> "$RUNNER_TEMP/calls"\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n'
    )
    stub.chmod(0o755)
    calls = checkout.parent / "runner" / "calls"
    ended, _ = run_step("Install hxl_kit", checkout, PYTHON=str(stub))
    assert ended.returncode == 0, ended.stderr
    assert (
        calls.read_text().splitlines()[1].endswith(f"pip install --quiet --disable-pip-version-check {ROOT}")
    )
    environment = (checkout.parent / "runner" / "github_env").read_text()
    assert environment == f"HXL_KIT_PYTHON={checkout.parent}/runner/hxl-kit/bin/python\n"
    ended, _ = run_step("Install hxl_kit", checkout, {"version": "1.2.3"}, PYTHON=str(stub))
    assert calls.read_text().splitlines()[-1].endswith("hxl-kit==1.2.3")
    ended, _ = run_step("Install hxl_kit", checkout, {"version": "1 --index-url=x"}, PYTHON=str(stub))
    assert ended.returncode == 2
    assert annotations(ended)


def run_hook(checkout, *files, arguments=()):
    """Run the hook as pre-commit does: its entry, its arguments, the names of the files that match."""
    program, *rest = shlex.split(HOOK["entry"])
    assert program == "hxl-kit"
    matching = [name for name in files if re.search(HOOK["files"], name)]
    return subprocess.run(
        [sys.executable, "-m", "hxl_kit", *rest, *arguments, *matching],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HXL_KIT_CACHE": str(checkout.parent / "cache")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_hook_validates_each_package_once(checkout):
    folder = "packages/country-00/events-000"
    names = [f"{folder}/{name}" for name in ("events.csv", "sources.csv", "datapackage.json", "notes.txt")]
    (checkout / "lists.csv").write_text("no package\n")
    ended = run_hook(checkout, *names, "lists.csv")
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.count(f"{folder}/datapackage.json: INVALID") >= 1
    assert "rows: 6, errors: 3" in ended.stdout
    assert "events-001" not in ended.stdout


def test_the_hook_passes_files_of_no_package_and_clean_packages(checkout):
    (checkout / "lists.csv").write_text("no package\n")
    ended = run_hook(checkout, "lists.csv")
    assert ended.returncode == 0, ended.stderr
    ended = run_hook(checkout, "packages/country-00/events-001/events.csv", arguments=["--fail-on=warning"])
    assert ended.returncode == 0, ended.stdout


def test_the_hook_is_what_pre_commit_takes():
    assert HOOK["language"] == "python"
    assert HOOK["require_serial"] is True
    assert {"id", "name", "entry", "language", "files"} <= HOOK.keys()
    for name in ("datapackage.json", "a/datapackage.json", "a/b.csv"):
        assert re.search(HOOK["files"], name)
    for name in ("xdatapackage.json", "a/package.json", "a/b.csv.gz"):
        assert not re.search(HOOK["files"], name)


PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_says_what_there_is(tmp_path):
    (settings,) = blocks("toml")
    (tmp_path / "hxl-kit.toml").write_text(settings, encoding="utf-8")
    assert read_settings(tmp_path / "hxl-kit.toml").fail_on == "warning"
    (entry,) = blocks("json")
    (tmp_path / "baseline.json").write_text(f'{{"version": 1, "salt": "00", "issues": [{entry}]}}', "utf-8")
    assert [one.reason for one in read_baseline(tmp_path / "baseline.json").accepted.values()] == [
        "asked the provider"
    ]
    workflow, hooks = (YAML(typ="safe").load(block) for block in blocks("yaml"))
    given = workflow["jobs"]["validate"]["steps"][1]["with"]
    assert given.keys() <= ACTION["inputs"].keys()
    assert hooks["repos"][0]["hooks"][0]["id"] == HOOK["id"]
    assert set(re.findall(r"^\| `(.+?)` \|", PAGE, re.MULTILINE)) == ACTION["inputs"].keys()
