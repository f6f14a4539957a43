"""How far a long work is, on stderr and only where somebody looks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hxl_kit.cli import state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bytes_sent() -> Iterator[Callable[[int], None] | None]:
    """Give what is to be told of bytes sent, which shows their number and pace; None where nobody looks."""
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    if state.quiet or not console.is_terminal:
        yield None
        return
    with Progress(
        TextColumn("sent"), DownloadColumn(), TransferSpeedColumn(), console=console, transient=True
    ) as shown:
        task = None

        def tell(count: int) -> None:
            nonlocal task
            task = shown.add_task("sent", total=None) if task is None else task
            shown.advance(task, count)

        yield tell
