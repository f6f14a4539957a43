"""The reports on many packages, in the order of their paths: on all cores where that is quicker."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from hxl_kit.errors import InputError
from hxl_kit.validation.baseline import UNREADABLE
from hxl_kit.validation.fingerprints import with_fingerprints
from hxl_kit.validation.report import Issue, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

ENOUGH = 40
"""From so many packages on, processes have paid for their start: three seconds each, most of it imports."""

AHEAD = 8
"""So many packages are handed to each process ahead, so that few wait for a large one before them."""


class Judge(Protocol):
    """What validates a path and lists so many issues; it goes to other processes, so it is no local function."""

    def __call__(self, path: Path, *, limit: int) -> Report:
        """Return the report on a path."""


@dataclass(frozen=True)
class Order:
    """How each path is judged and how many issues are listed; `salt` asks for fingerprints, which it goes into."""

    judge: Judge
    limit: int
    salt: bytes | None = None


def reports_on(
    paths: Sequence[Path], asked: Order, *, forgiving: bool = True, processes: int | None = None
) -> Iterator[Report]:
    """Yield the report on each path, in their order.

    Args:
        paths: packages and tables.
        asked: what is asked of each.
        forgiving: a path that cannot be read is an issue `unreadable` of it, and does not end the run.
        processes: how many work at once; None: as many as there are cores, for enough paths.

    Raises:
        InputError: a path cannot be read, and that is not forgiven; or a process was ended.
        UsageError: what is asked is wrong, or does not fit a file.
    """
    judge = _forgiven if forgiving else _reported
    workers = processes or (min(_cores(), len(paths)) if len(paths) >= ENOUGH else 1)
    if workers > 1:
        yield from _shared_out(partial(judge, asked), paths, workers)
    else:
        yield from (judge(asked, path) for path in paths)


def _shared_out(judge: Callable[[Path], Report], paths: Sequence[Path], workers: int) -> Iterator[Report]:
    """Yield reports that processes of their own make: new ones, for polars must not be forked."""
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        waiting = iter(paths)
        under_way = deque(pool.submit(judge, path) for path in islice(waiting, workers * AHEAD))
        try:
            while under_way:
                yield under_way.popleft().result()
                under_way.extend(pool.submit(judge, path) for path in islice(waiting, 1))
        except BrokenProcessPool as error:
            raise InputError(
                "validate: the system ended a process that validated packages, most likely for want of memory: "
                "validate fewer packages at once"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _forgiven(asked: Order, path: Path) -> Report:
    """Return the report on a path; that it cannot be read is an issue of it."""
    try:
        return _reported(asked, path)
    except InputError as error:
        return Report((str(path),), (Issue(UNREADABLE, "error", "", str(error)),), 0, asked.limit)


def _reported(asked: Order, path: Path) -> Report:
    report = asked.judge(path, limit=asked.limit)
    return report if asked.salt is None else with_fingerprints(report, asked.salt)
