"""One writer at a time in a folder that many machines may share: a lock file with its owner's name."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = ".catalogue.lock"
WAIT_SECONDS = 10.0
STALE_SECONDS = 15 * 60.0
_UNNAMED_SECONDS = 2.0
_PAUSE_SECONDS = 0.05


def owner_tag() -> str:
    """Return a new name for what this process owns: machine (hashed), process id, a random part."""
    return f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"


def is_abandoned(tag: str, age_seconds: float, limit_seconds: float) -> bool:
    """Whether the owner of a tag is gone: its process ended on this machine, or it is older than the limit.

    Windows has no harmless question for a process id, so there only the age tells.
    """
    machine, _, rest = tag.partition("-")
    process = rest.partition("-")[0]
    if age_seconds > limit_seconds:
        return True
    return os.name != "nt" and machine == _machine() and process.isdigit() and not _lives(int(process))


def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


@dataclass(frozen=True)
class Lock:
    """A lock that is held."""

    path: Path
    tag: str

    @property
    def is_held(self) -> bool:
        """Whether the lock is still ours."""
        return _content(self.path) == self.tag

    def require(self) -> None:
        """Do nothing while the lock is still ours.

        Raises:
            TargetError: another run took it, because this one was asleep for too long.
        """
        if not self.is_held:
            raise TargetError(
                f"{self.path}: another run of hxl-kit took over meanwhile; nothing was changed, run it again"
            )


@contextmanager
def exclusive(folder: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[Lock]:
    """Hold the folder's lock; one left by a process that is gone is taken over.

    Raises:
        TargetError: another run still holds it after `wait_seconds`.
    """
    lock = Lock(folder / LOCK, owner_tag())
    until = time.monotonic() + wait_seconds
    while not _created(lock):
        _remove_stale(lock.path)
        if time.monotonic() > until:
            raise TargetError(
                f"{lock.path}: another run of hxl-kit is at work here; try again when it has finished "
                "(if none is running, delete this file)"
            )
        time.sleep(_PAUSE_SECONDS)
    try:
        yield lock
    finally:
        if lock.is_held:
            lock.path.unlink(missing_ok=True)


def left_lock(folder: Path) -> Path | None:
    """Return the lock of a run that is gone, if one lies in the folder."""
    path = folder / LOCK
    return path if path.exists() and _is_stale(path) else None


def is_locked(folder: Path) -> bool:
    """Whether a run is at work in the folder."""
    path = folder / LOCK
    return path.exists() and not _is_stale(path)


def _created(lock: Lock) -> bool:
    try:
        handle = os.open(lock.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return False
    except PermissionError:
        # Windows says so of a lock that is just being deleted.
        if lock.path.exists():
            return False
        raise
    with os.fdopen(handle, "wb") as file:
        file.write(lock.tag.encode())
    return True


def _content(path: Path) -> str:
    try:
        return path.read_text("ascii", errors="replace")
    except FileNotFoundError:
        return ""


def _remove_stale(path: Path) -> None:
    """Take away a lock whose owner is gone; if another process was quicker, its lock is put back."""
    with contextlib.suppress(FileNotFoundError):
        tag = _content(path)
        if not _is_stale(path):
            return
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        path.rename(aside)
        if _content(aside) != tag:
            with contextlib.suppress(FileExistsError, OSError):
                os.link(aside, path)
        aside.unlink()


def _is_stale(path: Path) -> bool:
    try:
        tag, age = _content(path), time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return False
    # A lock without a name is one whose owner was stopped between creating and writing it.
    return is_abandoned(tag, age, STALE_SECONDS if tag else _UNNAMED_SECONDS)
