"""Where a sandbox lies on the disk, and the ports it listens at."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FIRST_FREE, LAST_FREE, BLOCK = 5100, 7100, 4


class SandboxError(Exception):
    """What stops a sandbox, in words for the person at the keyboard."""


def cache() -> Path:
    """Return the folder of everything: HDX_SANDBOX_DIR, or one in the user's cache.

    For root it is outside the home folder: the database runs as another user, who cannot enter that.
    """
    own = os.environ.get("HDX_SANDBOX_DIR")
    if own:
        return Path(own).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/cache/hxl-kit/hdx-sandbox")
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/hxl-kit/hdx-sandbox"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hxl-kit/hdx-sandbox"


@dataclass(frozen=True)
class Ports:
    """The web's port, and the three after it."""

    web: int

    @property
    def database(self) -> int:
        """PostgreSQL's."""
        return self.web + 1

    @property
    def redis(self) -> int:
        """Redis'."""
        return self.web + 2

    @property
    def search(self) -> int:
        """That of the stand-in for Solr."""
        return self.web + 3

    def taken(self) -> tuple[int, ...]:
        """Return those of the ports that somebody listens at."""
        return tuple(port for port in range(self.web, self.web + BLOCK) if not is_free(port))


def is_free(port: int) -> bool:
    """Whether nobody listens at a port of this computer."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports() -> Ports:
    """Return the first free block of ports."""
    for web in range(FIRST_FREE, LAST_FREE, BLOCK):
        if not Ports(web).taken():
            return Ports(web)
    raise SandboxError(
        f"no four free ports in a row between {FIRST_FREE} and {LAST_FREE}; name some with --port"
    )


@contextlib.contextmanager
def one_at_a_time(folder: Path, seconds: float = 900) -> Iterator[None]:
    """Let one sandbox at a time be installed and started in a folder; the others wait."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w", encoding="utf-8")
    except OSError as error:
        raise SandboxError(
            f"{folder} cannot be written: {error.strerror}; set HDX_SANDBOX_DIR to a folder"
        ) from error
    with lock:
        until = time.monotonic() + seconds
        while not _locked(lock.fileno()):
            if time.monotonic() > until:
                raise SandboxError(f"another sandbox has been starting in {folder} for {seconds:.0f} s")
            time.sleep(0.1)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
