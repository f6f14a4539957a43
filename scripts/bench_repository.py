"""A repository of 200 made-up packages through `hxl-kit validate`: seconds, memory, one annotation a finding."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from made_repository import PACKAGES, make_repository
from measuring import measured

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """\
import os, sys
os.environ["HXL_KIT_CACHE"] = sys.argv[2]
sys.argv[1:] = ["validate", sys.argv[1], "--format", "github"]
from hxl_kit.cli import main
try:
    main()
except SystemExit as end:
    print("exit code", end.code)
"""


def repository(folder: Path, packages: int = PACKAGES) -> int:
    """Validate a made repository twice and say what it took; return 1 if the findings are not those planted."""
    faults = make_repository(folder / "packages", packages)
    print(f"{packages} packages, {faults} planted errors, {os.cpu_count()} cores")
    wrong = 0
    for name in ("first run", "everything remembered"):
        run = measured(PROGRAM, folder / "packages", folder / "cache")
        lines = run.output.splitlines()
        told = sum(line.startswith(("::error", "::warning")) for line in lines)
        summaries = sum(line.startswith("::notice title=hxl-kit") for line in lines)
        wrong += told != faults or summaries != 1 or lines[-1] != "exit code 1"
        print(
            f"{name}: {run.wall:.1f} s, {run.cpu:.1f} CPU s, {run.peak:.0f} MB the largest process; "
            f"{told} annotations, {summaries} summary, {lines[-1]}"
        )
    return int(wrong > 0)
