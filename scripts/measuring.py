"""What a program costs: each is a process of its own, and the operating system accounts for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One process: wall and CPU seconds, peak memory in megabytes, and what it printed."""

    wall: float
    cpu: float
    peak: float
    output: str


def measured(program: str, *arguments: Path) -> Run:
    """Run a Python program in a process of its own and return what it cost.

    Raises:
        SystemExit: the program failed.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], stdout=output)
        usage: Any = None
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        else:
            process.wait()
        wall = time.perf_counter() - start
        output.seek(0)
        printed = output.read().decode()
    if process.returncode:
        sys.exit(f"bench: the measured program failed (exit code {process.returncode})")
    kilobytes = 1024 if sys.platform != "darwin" else 1
    cpu = usage.ru_utime + usage.ru_stime if usage else float("nan")
    return Run(wall, cpu, usage.ru_maxrss * kilobytes / 1e6 if usage else float("nan"), printed)
