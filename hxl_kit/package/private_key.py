"""Secrets of an author: made once, kept in the private folder, never written anywhere else."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import TargetError, UsageError
from hxl_kit.files import reason_of, sync_folder, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_BYTES = 32
_LEAST = 16
_OWNER_ALONE = 0o600
_FOLDER_OF_OWNER = 0o700


def private_key(path: Path) -> bytes:
    """Return the secret in a file; where there is none yet, a new one is made that its owner alone can read.

    Raises:
        UsageError: the file is damaged: what was made with it could not be made again.
        TargetError: it cannot be read or written.
    """
    try:
        _make(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise TargetError(f"{path}: {reason_of(error)}") from error
    if len(key) < _LEAST:
        raise UsageError(
            f"{path}: is cut short; restore it from your copy (a new key would make other codes and moves)"
        )
    return key


def keep_codes(path: Path, codes: Mapping[str, str]) -> None:
    """Add codes, by what they stand for, to the list (code, value) in a file that its owner alone can read."""
    known = (
        pl.read_csv(path, infer_schema=False)
        if path.exists()
        else pl.DataFrame(schema={"code": pl.String, "value": pl.String})
    )
    new = pl.DataFrame({"code": list(codes.values()), "value": list(codes)})
    listed = pl.concat([known, new]).unique("code", keep="first").sort("code")
    write_atomically(path, listed.write_csv().encode())
    path.chmod(_OWNER_ALONE)


def _make(path: Path) -> None:
    """Write a new secret where there is no file; of two runs at one time, the first one's stays."""
    path.parent.mkdir(mode=_FOLDER_OF_OWNER, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ALONE)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(_BYTES).encode())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
