"""A handoff: plan and package in one file, for a colleague with a better line to apply.

```
NAME.zip/plan.json           the plan, with the state of the target that it was made for
NAME.zip/package/…           the package: its descriptor and the files that it lists
```
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError, UsageError
from hxl_kit.files import CHUNK_BYTES, reason_of, require_plain_file
from hxl_kit.publishing.planning import plan_of
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.reading.paths import is_written_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.plan import Plan

PLAN = "plan.json"
FOLDER = "package/"
LARGEST_PLAN = 64 << 20
SUFFIX = ".zip"


def write_bundle(plan: Plan, package: Package, path: Path) -> None:
    """Write a plan and its package into one ZIP file.

    Raises:
        UsageError: the file cannot be written.
    """
    listed = [r["path"] for r in package.resources if isinstance(r.get("path"), str)]
    told = {**plan.as_json(), "package": FOLDER}
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(PLAN, json.dumps(told, ensure_ascii=False, indent=2))
            for name in dict.fromkeys((DESCRIPTOR, *listed)):
                archive.write(package.folder / name, FOLDER + name)
    except OSError as error:
        raise UsageError(f"{path}: {reason_of(error)}") from error


@contextmanager
def opened_bundle(path: Path) -> Iterator[Plan]:
    """Give the plan of a handoff, its package unpacked into a folder that is gone afterwards.

    Whether the files are those of the plan is checked when it is applied, as with every plan.

    Raises:
        InputError: there is no such file, or it cannot be unpacked.
        UsageError: it is no handoff of this version of hxl-kit.
    """
    with tempfile.TemporaryDirectory(prefix="hxl-kit-") as folder:
        try:
            with zipfile.ZipFile(require_plain_file(path)) as archive:
                plan = plan_of(_plan_text(archive, path), path)
                _unpack(archive, plan, Path(folder), path)
        except (zipfile.BadZipFile, OSError, EOFError) as error:
            raise InputError(f"{path}: cannot be unpacked: it is damaged or no handoff of hxl-kit") from error
        yield replace(plan, package=folder)


def _plan_text(archive: zipfile.ZipFile, path: Path) -> bytes:
    if PLAN not in archive.namelist() or archive.getinfo(PLAN).file_size > LARGEST_PLAN:
        raise UsageError(
            f"{path}: is no handoff; `hxl-kit plan PACKAGE --to TARGET --bundle {path.name}` writes one"
        )
    return archive.read(PLAN)


def _unpack(archive: zipfile.ZipFile, plan: Plan, folder: Path, path: Path) -> None:
    """Write the files that the plan names, and no others."""
    for name in plan.files:
        if not is_written_path(name) or FOLDER + name not in archive.namelist():
            raise InputError(f"{path}: lacks a file of its plan, or names one that must not be written")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with archive.open(FOLDER + name) as content, (folder / name).open("wb") as file:
            shutil.copyfileobj(content, file, CHUNK_BYTES)
