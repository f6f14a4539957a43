"""A format of reports, and how a report comes to its place."""

from __future__ import annotations

import os
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from hxl_kit import reporting
from hxl_kit.errors import TargetError, UsageError, require_known
from hxl_kit.files import reason_of, sync_folder, working_folder, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hxl_kit.validation.report import Report

    Render = Callable[[Sequence[Report], str], str | bytes]


@dataclass(frozen=True)
class Format:
    """A format of reports.

    Attributes:
        name: what `validate --format` calls it.
        title: what it is for, in one line.
        render: returns the reports in a language: text, or bytes where it is binary.
        suffix: how names of its files end.
        binary: whether it is no text, and so not for a terminal.
        private: whether it holds rows of the data: it goes only into a file that its owner alone can read.
    """

    name: str
    title: str
    render: Render
    suffix: str
    binary: bool = False
    private: bool = False


@cache
def formats() -> dict[str, Format]:
    """Return the formats by name; a module of `reporting` that has a `FORMAT` is one by being there."""
    names = [module.name for module in pkgutil.iter_modules(reporting.__path__)]
    modules = [import_module(f"{reporting.__name__}.{name}") for name in names]
    found = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return {each.name: each for each in sorted(found, key=lambda each: each.name)}


def require_place(name: str, out: Path | None) -> Format:
    """Return a format if its reports may go to `out` (None: stdout); to be asked before anything is validated.

    Raises:
        UsageError: there is no such format, it needs a file and none is named, or what is named is no file.
    """
    require_known("format", name, formats())
    found = formats()[name]
    if out is None and (found.binary or found.private):
        why = "holds rows of the data" if found.private else "is no text"
        raise UsageError(f"--format {name} {why}: name a file for it, -o report{found.suffix}")
    if out is not None and out.exists() and not out.is_file():
        raise UsageError(
            f"{out}: is a folder or a device; name a file for the report, -o report{found.suffix}"
        )
    return found


def write_report(found: Format, content: str | bytes, out: Path) -> None:
    """Write a rendered report to a file, whole or not at all; a private one for its owner's eyes alone.

    Raises:
        TargetError: the file cannot be written.
    """
    raw = f"{content.rstrip()}\n".encode() if isinstance(content, str) else content
    write = _write_private if found.private else write_atomically
    try:
        write(out.resolve(), raw)
    except OSError as error:
        raise TargetError(f"{out}: the report cannot be written: {reason_of(error)}") from error


def _write_private(path: Path, content: bytes) -> None:
    with working_folder(path) as folder:
        beside = folder / "report"
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    sync_folder(path.absolute().parent)
