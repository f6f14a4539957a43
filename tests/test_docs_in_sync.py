"""The generated pages of `docs/` are what `scripts/docs.py` makes of `schemas/` now."""

import re
import subprocess
import sys


def run(root, *arguments):
    return subprocess.run(
        [sys.executable, root / "scripts/docs.py", *arguments], capture_output=True, text=True, check=False
    )


def test_docs_are_in_sync(request):
    result = run(request.config.rootpath, "--check")
    assert result.returncode == 0, result.stderr


def test_drift_is_reported_with_the_way_out(request, tmp_path):
    root = request.config.rootpath
    script = root.joinpath("scripts/docs.py").read_text(encoding="utf-8")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "docs/tables").mkdir(parents=True)
    (tmp_path / "scripts/docs.py").write_text(script, encoding="utf-8")
    (tmp_path / "docs/notes.md").write_text("# Notes\n", encoding="utf-8")
    (tmp_path / "docs/tables/dropped.md").write_text("# Dropped\n", encoding="utf-8")
    drifted = run(tmp_path, "--check")
    assert drifted.returncode == 1
    assert "docs/tables/events.md: out of date" in drifted.stderr
    assert "docs/tables/dropped.md: out of date" in drifted.stderr
    assert drifted.stderr.endswith("Run: python scripts/docs.py\n")
    assert run(tmp_path).returncode == 0
    assert run(tmp_path, "--check").returncode == 0
    assert not (tmp_path / "docs/tables/dropped.md").exists()
    assert "[Notes](notes.md)" in (tmp_path / "docs/index.md").read_text(encoding="utf-8")


def test_links_between_the_pages_lead_somewhere(request):
    docs = request.config.rootpath / "docs"
    for page in [docs / "index.md", docs / "codelists.md", *docs.glob("tables/*.md")]:
        for target, _, anchor in re.findall(r"\]\(([^)#:]*)(#([^)]*))?\)", page.read_text(encoding="utf-8")):
            linked = (page.parent / target).resolve() if target else page
            assert linked.exists(), (page.name, target)
            assert not anchor or f"\n## {anchor}\n" in linked.read_text(encoding="utf-8"), (page.name, anchor)
