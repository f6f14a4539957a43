"""The example of docs/reports.md is what `hxl-kit validate` prints, and its table of formats is complete."""

import re
import subprocess
import sys

from hxl_kit.reporting.format import formats


def block(text, language):
    return re.search(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1]


def test_the_example_is_what_validate_prints(request, tmp_path):
    page = (request.config.rootpath / "docs/reports.md").read_text(encoding="utf-8")
    (tmp_path / "visits.csv").write_text(block(page, "csv"), encoding="utf-8")
    program = [sys.executable, "-X", "utf8", "-m", "hxl_kit", "validate", "visits.csv"]
    ran = subprocess.run(program, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert ran.stdout == block(page, "text"), ran.stderr
    assert ran.returncode == 1


def test_every_format_is_described(request):
    page = (request.config.rootpath / "docs/reports.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert listed == {*formats(), "frictionless"}
