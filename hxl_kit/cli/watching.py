"""How far a download is, on stderr and only where somebody looks."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from hxl_kit.cli import state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hxl_kit.syncing import Watch


@contextmanager
def datasets_synced() -> Iterator[tuple[Watch, Callable[[int], None]]]:
    """Give what is to be told of datasets that are done and of bytes received, which shows both as a bar."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from hxl_kit.syncing import Watch
    from hxl_kit.targets.target import size_text

    console = Console(stderr=True)
    if state.quiet or not console.is_terminal:
        yield Watch(), lambda _: None
        return
    columns = (
        TextColumn("datasets"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[received]}"),
        TimeElapsedColumn(),
    )
    received, lock = 0, Lock()
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("sync", total=None, received="")

        def tell(count: int) -> None:
            nonlocal received
            with lock:
                received += count
                shown.update(task, received=size_text(received))

        yield Watch(lambda total: shown.update(task, total=total), lambda _: shown.advance(task)), tell


@contextmanager
def bytes_received() -> Iterator[Callable[[int], None]]:
    """Give what is to be told of bytes received, which shows their number and pace."""
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    if state.quiet or not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("received"), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("received", total=None)
        yield lambda count: shown.advance(task, count)
