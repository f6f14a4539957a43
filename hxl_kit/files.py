"""Files: written whole or not at all, hashed, and opened only when they are plain files."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

CHUNK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_plain_file(path: Path) -> Path:
    """Return `path` if it is a readable regular file.

    Raises:
        InputError: nothing is there, or it is a folder, a device, a pipe or a socket.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise InputError(f"{path}: {reason_of(error)}") from error
    if stat.S_ISDIR(mode):
        raise InputError(f"{path}: is a folder; name the file inside it")
    if not stat.S_ISREG(mode):
        raise InputError(f"{path}: is not a regular file (a device, pipe or socket); copy it to a file first")
    return path


def reason_of(error: OSError) -> str:
    """Return an operating system's error in a few plain words."""
    known = {
        errno.ENOENT: "no such file",
        errno.ENOSPC: "the disk is full; nothing was finished, free some space and run it again",
        errno.EDQUOT: "the disk quota is used up; nothing was finished, free some space and run it again",
        errno.EACCES: "no permission",
        errno.EPERM: "no permission",
        errno.EROFS: "the disk is read-only",
        errno.EFBIG: "the file grew beyond the limit of this system; nothing was finished",
    }
    return known.get(error.errno or 0, (error.strerror or str(error)).lower())


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader, or a crash, finds the old file or the new, never a mix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.partial-")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def link_or_copy(file: Path, place: Path) -> None:
    """Put a file at a second place where nothing is: the same bytes on the disk where the system can, else a copy."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, place)
    except OSError:
        with file.open("rb") as content, place.open("xb") as copy:
            shutil.copyfileobj(content, copy, CHUNK_BYTES)


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` durable where the system can (Windows cannot open a folder)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_files(folder: Path) -> None:
    """Flush every file below `folder` to the disk, then the folders that name them."""
    for directory, _, names in os.walk(folder):
        for name in names:
            with Path(directory, name).open("rb+") as file:
                os.fsync(file.fileno())
        sync_folder(Path(directory))


@contextmanager
def staged_folder(
    target: Path, last: str, replaces: Collection[str] = (), *, checked: bool = False
) -> Iterator[Path]:
    """Yield an empty folder beside `target`; what it holds at the end goes to `target`, on failure it is gone.

    A new `target` appears whole. In an existing one the file `last` (a package's descriptor) is set aside
    first and comes back last, so that a half-replaced folder never passes for a finished one; of its other
    files only those in `replaces` (paths of the old content) go. `checked` says that the caller knows what
    is in `target` and that it may be replaced.

    Raises:
        UsageError: `target` is a file, or a folder that holds something else.
    """
    target = target.absolute()
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target}: is a file; name a folder for the output")
    if not checked and target.is_dir() and any(target.iterdir()) and not _is_ours(target, last):
        raise UsageError(
            f"{target}: is not empty and holds no data package; name another folder for the output"
        )
    with working_folder(target) as stage:
        yield stage
        stage.chmod(0o777 & ~_umask())
        sync_files(stage)
        install_folder(stage, target, last, replaces)


def _is_ours(target: Path, last: str) -> bool:
    return any((target / name).exists() for name in (last, set_aside(last), "package.yaml"))


def set_aside(last: str) -> str:
    """Return the name that a descriptor has while its folder is being replaced."""
    return f".{last}.replaced"


@contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """Yield an empty folder beside `beside` for work under way; it is gone afterwards."""
    beside = beside.absolute()
    beside.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=beside.parent, prefix=f".{beside.name}.partial-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def install_folder(stage: Path, target: Path, last: str, replaces: Collection[str] = ()) -> None:
    """Bring the finished files of `stage` to `target`, the file named `last` at the end."""
    if target.is_dir() and any(target.iterdir()):
        if (target / last).exists():
            (target / last).replace(target / set_aside(last))
        new = sorted(path.relative_to(stage) for path in stage.rglob("*") if path.is_file())
        for name in {*replaces} - {path.as_posix() for path in new}:
            (target / name).unlink(missing_ok=True)
        for path in sorted(new, key=lambda path: path == Path(last)):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (stage / path).replace(target / path)
        (target / set_aside(last)).unlink(missing_ok=True)
        for folder in {target, *(path for path in target.rglob("*") if path.is_dir())}:
            sync_folder(folder)
    else:
        if target.is_dir():
            target.rmdir()
        stage.rename(target)
    sync_folder(target.parent)


def _umask() -> int:
    """Return the process's umask (readable only by setting it)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
