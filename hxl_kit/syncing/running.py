"""Running a sync: in parallel, each dataset for itself, with a lock file that says what is here at any time."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING

from hxl_kit.errors import HxlKitError, UsageError
from hxl_kit.files import reason_of
from hxl_kit.syncing.holdings import is_current, is_whole, remove
from hxl_kit.syncing.lock_file import LockFile, read_lock
from hxl_kit.syncing.offers import FOREIGN, PACKAGES, WORK
from hxl_kit.syncing.summary import Done, Summary
from hxl_kit.targets.lock import exclusive

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from hxl_kit.syncing.lock_file import Entry
    from hxl_kit.syncing.offers import Offer, Supply

JOBS = 4
_SAVE_SECONDS = 2.0
_WAIT_SECONDS = 1.0


@dataclass(frozen=True)
class Watch:
    """Who is told how far a sync is: how many datasets there are, and each that is done."""

    total: Callable[[int], None] = field(default=lambda _: None)
    done: Callable[[str], None] = field(default=lambda _: None)


def sync(
    supply: Supply,
    folder: Path,
    *,
    jobs: int = JOBS,
    by_hash: bool = False,
    outside: bool = False,
    watch: Watch | None = None,
    stop: Event | None = None,
) -> Summary:
    """Bring all datasets that are asked for into a folder, those that changed alone, and return what was done.

    A dataset that fails is told and does not keep others from coming; what was here of it stays. What was deleted or
    withdrawn is told and stays (`prune` removes it). A sync that was stopped is completed by running it again.

    Args:
        supply: where datasets come from.
        folder: where they go; it holds those of one target.
        jobs: how many are brought at once.
        by_hash: verify files that are here by their SHA-256 instead of size and time.
        outside: also ask other hosts whether files changed that the target only refers to.
        watch: who is told how far it is.
        stop: set when this is interrupted, so that what is under way ends soon.

    Raises:
        UsageError: what is asked for cannot be, or the folder holds something else.
        TargetError: the target cannot be asked, or another sync is at work in the folder.
    """
    watch, stop = watch or Watch(), stop or Event()
    with _workplace(folder) as keep:
        before = read_lock(folder, supply.text)
        offers = list(supply.offers())
        watch.total(len(offers))
        ledger = _Ledger(folder, before, keep)
        due = []
        for offer in offers:
            held = before.entries.get(offer.name)
            settled = _settled(offer, held, folder, by_hash=by_hash, outside=outside)
            if settled is None:
                due.append((offer, held))
            else:
                ledger.take(settled)
                watch.done(offer.name)
        _bring_all(due, folder, ledger, jobs, watch, stop)
        for entry in _missing(before, supply, {offer.name for offer in offers}):
            ledger.take(_fate(entry, supply))
        ledger.save()
    datasets = tuple(sorted(ledger.done, key=lambda done: done.name))
    return Summary(folder, supply.request, ledger.lock, datasets)


def prune(summary: Summary) -> LockFile:
    """Remove from a folder what is not upstream any more; return what is left."""
    for name in summary.gone:
        remove(summary.folder, summary.lock.entries[name])
    left = summary.lock.without(summary.gone)
    left.write(summary.folder)
    return left


@contextmanager
def _workplace(folder: Path) -> Iterator[Callable[[], None]]:
    """Keep a folder for this process; what is yielded is to be called from time to time, as a sign of life.

    Raises:
        UsageError: the folder cannot be written.
        TargetError: another sync is at work in it.
    """
    try:
        (folder / WORK).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {reason_of(error)}") from error
    with exclusive(folder / WORK, _WAIT_SECONDS) as lock:
        for left in (path for room in (PACKAGES, FOREIGN) for path in (folder / room).glob(".*.partial-*")):
            shutil.rmtree(left, ignore_errors=True)
        yield lock.path.touch
    for leftover in (folder / WORK).iterdir():
        if leftover.is_dir() and not any(leftover.iterdir()):
            leftover.rmdir()
    if not any((folder / WORK).iterdir()):
        (folder / WORK).rmdir()


@dataclass
class _Ledger:
    """What was done so far, written down every few seconds."""

    folder: Path
    lock: LockFile
    keep: Callable[[], None]
    done: list[Done] = field(default_factory=list)
    saved: float = 0.0

    def take(self, done: Done) -> None:
        """Take in what became of a dataset."""
        self.done.append(done)
        entry = done.entry
        if entry and self.lock.entries.get(entry.name) != entry:
            self.lock = self.lock.with_entries([entry])
            if time.monotonic() - self.saved > _SAVE_SECONDS:
                self.save()

    def save(self) -> None:
        """Write the lock file, and show that this process is alive."""
        self.lock.write(self.folder)
        self.keep()
        self.saved = time.monotonic()


def _settled(offer: Offer, held: Entry | None, folder: Path, *, by_hash: bool, outside: bool) -> Done | None:
    """Return what became of a dataset of which nothing must be fetched; None if it must be looked at."""
    if not offer.has_files:
        if held is None:
            return Done(offer.name, "without_files")
        return Done(offer.name, "withdrawn", replace(held, upstream="withdrawn"))
    if held is None or (outside and not offer.is_certain):
        return None
    if is_current(offer, held) and is_whole(folder, held, by_hash=by_hash):
        return Done(offer.name, "unchanged", held)
    return None


def _bring_all(
    due: list[tuple[Offer, Entry | None]], folder: Path, ledger: _Ledger, jobs: int, watch: Watch, stop: Event
) -> None:
    """Bring datasets in parallel; an interruption ends what is under way, and what is done stays."""
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="sync") as pool:
        futures = {pool.submit(_brought, offer, held, folder): offer.name for offer, held in due}
        try:
            _collect(futures, ledger, watch)
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            for future in futures:
                if future.done() and not future.cancelled() and future.result() not in ledger.done:
                    ledger.take(future.result())
            ledger.save()
            raise


def _collect(futures: dict[Future[Done], str], ledger: _Ledger, watch: Watch) -> None:
    for future in as_completed(futures):
        ledger.take(future.result())
        watch.done(futures[future])


def _brought(offer: Offer, held: Entry | None, folder: Path) -> Done:
    """Bring a dataset; what goes wrong with it is told, and does not keep others from coming."""
    try:
        brought = offer.bring(folder, held)
        if held and held.path != brought.entry.path:
            remove(folder, held)
    except HxlKitError as error:
        return Done(offer.name, "failed", held, error=str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return Done(offer.name, "failed", held, error=f"{place}{reason_of(error)}")
    return Done(offer.name, brought.outcome, brought.entry, brought)


def _missing(before: LockFile, supply: Supply, offered: Collection[str]) -> Iterator[Entry]:
    """Yield what is here by the same request and is not offered any more."""
    for entry in before.entries.values():
        if entry.name not in offered and dict(entry.request) == dict(supply.request):
            yield entry


def _fate(entry: Entry, supply: Supply) -> Done:
    """Find out what became of a dataset that is not offered any more; what was found once is not asked again."""
    if entry.upstream != "served":
        return Done(entry.name, entry.upstream, entry)
    try:
        fate = supply.fate(entry)
    except HxlKitError as error:
        return Done(entry.name, "failed", entry, error=str(error))
    if fate == "served":
        return Done(entry.name, "deselected", entry)
    return Done(entry.name, fate, replace(entry, upstream=fate))
