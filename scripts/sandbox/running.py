"""Starts processes that outlive this one, and ends them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def background(command: list[str], log: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process that stays when this one ends."""
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env=env,
            start_new_session=True,
        )


def end(noted: Path, marks: tuple[str, ...]) -> None:
    """End the process of a pid file: politely, then not. Another that got its number meanwhile is left alone."""
    if not noted.exists():
        return
    process = int(noted.read_text(encoding="utf-8"))
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if not _is_ours(process, marks):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, ending)
        until = time.monotonic() + 5
        while _is_ours(process, marks) and time.monotonic() < until:
            time.sleep(0.05)
    noted.unlink()


def _is_ours(process: int, marks: tuple[str, ...]) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process, os.WNOHANG)
    shown = subprocess.run(
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    line = shown.stdout.strip()
    return bool(line) and not line.startswith("Z") and any(mark in line for mark in marks)
