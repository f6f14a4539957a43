"""A trial of workbooks whose cells cannot be looked at before they are loaded: XLS, XLSB and ODS.

One cell in the farthest corner makes the library ask for memory for all cells in between; when the system refuses, the
whole process ends. So a process of its own loads the workbook first, with little memory and time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError
from hxl_kit.reading.limits import TRIAL_BYTES, TRIAL_RATIO, TRIAL_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

WORKER = """
import json, sys
asked = json.load(sys.stdin)
sys.path[:] = asked["path"]
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (asked["bytes"], asked["bytes"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ImportError:
    pass
import fastexcel
book = fastexcel.read_excel(asked["file"])
for name in book.sheet_names:
    book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
"""
"""The first statements need nothing of hxl_kit; Windows has no such limit, there time alone is limited."""


def require_loadable(label: str, file: Path) -> None:
    """Refuse a workbook that a process of little memory cannot load, or at which the library panics.

    Raises:
        InputError: loading it took too much memory, or too long.
    """
    size = TRIAL_BYTES + TRIAL_RATIO * file.stat().st_size
    asked = json.dumps({"path": sys.path, "bytes": size, "file": str(file)})
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter with a program of ours
            [sys.executable, "-I", "-c", WORKER],
            input=asked,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=TRIAL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"{label}: takes longer than {TRIAL_SECONDS} s to load; save the sheet as CSV"
        ) from error
    if "panicked" in done.stderr:
        raise InputError(f"{label}: the workbook cannot be read (corrupt?); save it again or as CSV")
    if done.returncode < 0 or "MemoryError" in done.stderr:
        raise InputError(
            f"{label}: takes more than {size >> 20} MiB to load, as a workbook does in which a cell is far from all "
            "others (a bomb); delete the far cells, or save the sheet as CSV"
        )
