"""Good manners towards servers: few downloads at once from a host, and a pause between them."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, Semaphore
from typing import TYPE_CHECKING

from hxl_kit.hdx.site import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AT_ONCE = 4
PAUSE = 0.05


@dataclass
class _Host:
    """How many more downloads a host bears at the moment, and when the next one may begin."""

    slots: Semaphore
    next: float = 0.0


@dataclass(frozen=True)
class Manners:
    """How many downloads from one host run at once, and how many seconds lie between the beginnings of two.

    A server of one's own, on this machine, needs no pause. May be used by several threads.
    """

    at_once: int = AT_ONCE
    pause: float = PAUSE
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False, compare=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)
    _hosts: dict[str, _Host] = field(default_factory=dict, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait for a turn with a host (`name:port`), and keep it for as long as the block runs."""
        with self._lock:
            known = self._hosts.setdefault(host, _Host(Semaphore(self.at_once)))
        with known.slots:
            if wait := self._wait(host, known):
                self.sleep(wait)
            yield

    def _wait(self, host: str, known: _Host) -> float:
        if host.rpartition(":")[0] in LOOPBACK or host in LOOPBACK:
            return 0.0
        with self._lock:
            now = self.clock()
            begins = max(now, known.next)
            known.next = begins + self.pause
        return begins - now
