"""Where the standard's files are: the only module that knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """Return the folder `schemas/`: inside an installed wheel, or at the top of a checkout."""
    installed = Path(__file__).parents[1] / "_schemas"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "schemas"


def path_of(*parts: str) -> Path:
    """Return the path of one of the standard's files, e.g. `path_of("tables", "events.json")`."""
    return root().joinpath(*parts)


def names(folder: str, suffix: str) -> tuple[str, ...]:
    """Return the sorted stems of the files with `suffix` in a folder of the standard."""
    return tuple(sorted(path.stem for path in root().joinpath(folder).glob(f"*{suffix}")))
