"""The files of a dataset that is no package: fetched, and held against all that HDX says of them."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.errors import TargetError
from hxl_kit.hdx.content import claimed_md5
from hxl_kit.hdx.download import Downloads
from hxl_kit.reading.file_names import safe_names
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.hdx.connection import Connection
    from hxl_kit.hdx.listed import ListedDataset, ListedFile


@dataclass(frozen=True)
class Came:
    """Files that came, the resource of each by its name here, what a person should know, and what did not come."""

    files: tuple[Path, ...]
    resources: dict[str, ListedFile]
    remarks: tuple[str, ...]
    failed: tuple[str, ...]

    def name_of(self, file: ListedFile) -> str:
        """Return what a message calls a resource: its file here, else its name on HDX."""
        here = next((name for name, other in self.resources.items() if other.id == file.id), "")
        return here or shown(file.name)


def fetched(connection: Connection, listed: ListedDataset, parts: Path, folder: Path) -> Came:
    """Bring the files of a dataset to a folder, each under a name that every system can write.

    What breaks off stays in `parts`, and is taken up from there the next time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    remarks = [
        f"{shown(file.name)}: not brought: {file.left_out}" for file in listed.resources if file.left_out
    ]
    if listed.is_by_request:
        remarks.append(
            "inputs: HDX has no files of this dataset; its organisation gives them to those who ask"
        )
    downloads = Downloads(connection, parts)
    resources: dict[str, ListedFile] = {}
    failed = []
    for file, name in zip(listed.files, safe_names(f.called for f in listed.files), strict=True):
        try:
            came = downloads.fetch(listed.wanted(file))
        except TargetError as error:
            failed.append(_told(name, file, error))
            continue
        if came.path is None:
            raise AssertionError("a file is not said to be unchanged unless a copy was named")
        shutil.move(came.path, folder / name)
        resources[name] = file
        if _is_other(listed, file, folder / name):
            remarks.append(
                f"{name}: is another file than the one whose hash HDX has; look at it before you go on"
            )
    return Came(tuple(folder / name for name in resources), resources, tuple(remarks), tuple(failed))


def _told(name: str, file: ListedFile, error: TargetError) -> str:
    called = shown(file.name or name)
    return f"{called}: did not come: {str(error).partition(f'{called}: ')[2] or error}"


def _is_other(listed: ListedDataset, file: ListedFile, path: Path) -> bool:
    """Whether the bytes have another MD5 than the one that hdx-python-api noted of them."""
    raw = next(r for r in listed.metadata["resources"] if isinstance(r, dict) and r.get("id") == file.id)
    claimed = claimed_md5(raw)
    if not claimed or file.is_outside:
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "md5").hexdigest() != claimed
