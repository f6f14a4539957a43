"""Hostile files: each is validated by a process of its own, which is watched.

A case fails when the verdict, or what is said, is not what its manifest asks for, and whatever it asks for when the
process is slow or large, shows a traceback or a raw control character, asks for the network, reads a file that is not
its own, or writes one.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
WAITING = ROOT / "tests" / "data" / "hostile_waiting.csv"
SECONDS = 20
PEAK_BYTES = 1 << 30
KILLED_BYTES = 3 << 30
REFUSED = (1, 3)
SHOWN_CHARACTERS = 300
RAW = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Characters that steer a terminal or hide: none may be printed as it is."""

WATCH = """
import os, sys

READABLE = tuple(os.environ["WATCH_READ"].split(os.pathsep))
OWN = os.environ["WATCH_OWN"]
LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request")


def watch(event, arguments):
    if event in NETWORK:
        os.write(LOG, f"asked for the network ({event})\\n".encode())
        raise OSError("no network here")
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        flags = arguments[2] or 0
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            if not path.startswith((OWN, "/dev/null")):
                os.write(LOG, f"wrote {path}\\n".encode())
        elif not path.startswith((OWN, *READABLE)):
            os.write(LOG, f"read {path}\\n".encode())
    if event in ("os.system", "os.exec", "os.posix_spawn") and event != "os.posix_spawn":
        os.write(LOG, f"ran a command ({event})\\n".encode())


sys.addaudithook(watch)
"""
"""Code that a watched process runs first: what it asks of the system is written down."""


@dataclass(frozen=True)
class Case:
    """A file and what a good tool does with it."""

    id: str
    file: str
    expect: str
    mention: str


@dataclass(frozen=True)
class Outcome:
    """What a process did: its exit code (negative: the signal that ended it), its output, what was noticed."""

    code: int
    output: str
    seconds: float
    peak: int
    noticed: tuple[str, ...]


def run(manifest: Path, *, only: str, form: str) -> int:
    """Run the cases of a manifest and print those that fail; return 1 when one fails that is not known to wait."""
    cases = [case for case in _cases(manifest) if only in case.id]
    waiting = _waiting()
    known, unexpected, passed = 0, 0, []
    for case in cases:
        outcome = watched(manifest.parent / case.file, form)
        defects = [*_misjudged(case, outcome), *misbehaved(outcome)]
        if not defects:
            passed.append(case.id)
        elif case.id in waiting and not misbehaved(outcome):
            known += 1
            print(f"waits  {case.id}: {waiting[case.id]}")
        else:
            unexpected += 1
            print(f"FAILS  {case.id}: {'; '.join(defects)}\n       {_shortened(outcome.output)}")
    stale = sorted(set(waiting) & set(passed))
    for name in stale:
        print(f"FAILS  {name}: passes; take it out of {WAITING.name}")
    print(f"{len(cases)} cases: {len(passed)} pass, {known} wait, {unexpected} fail")
    return int(bool(unexpected or stale))


def watched(file: Path, form: str = "text", arguments: Sequence[str] = ("validate",)) -> Outcome:
    """Return what `hxl-kit validate` does with a copy of a file, or of the folder of a package's descriptor.

    The names of files are taken out of the output: they must not pass for an explanation.
    """
    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        folder = Path(name).resolve()
        copy = _copied(file, folder / "input")
        before = sorted(_listing(folder / "input"))
        command = [sys.executable, "-m", "hxl_kit", *arguments, str(copy)]
        outcome = _run([*command, "--format", form] if form != "text" else command, folder)
        changed = set(before) ^ set(_listing(folder / "input"))
        written = tuple(f"changed the input folder ({path})" for path, *_ in sorted(changed))
        said = (
            outcome.output.replace(str(copy), "FILE")
            .replace(str(copy.parent), "FOLDER")
            .replace(copy.name, "FILE")
        )
        return replace(outcome, output=said, noticed=outcome.noticed + written)


def misbehaved(outcome: Outcome) -> list[str]:
    """Return what no process may do, whatever it reads."""
    raw = RAW.search(outcome.output)
    told = [
        (outcome.seconds >= SECONDS, f"took {outcome.seconds:.0f} s"),
        (outcome.peak > PEAK_BYTES, f"took {outcome.peak >> 20} MiB"),
        ("Traceback (most recent call last)" in outcome.output, "shows a traceback"),
        (outcome.code not in (0, 1, 2, 3, 4), f"ended with {outcome.code}"),
        (raw is not None, f"shows a raw character (U+{ord(raw[0]) if raw else 0:04X})"),
    ]
    return [what for applies, what in told if applies] + list(outcome.noticed)


def _misjudged(case: Case, outcome: Outcome) -> list[str]:
    refused = case.expect.startswith("reject")
    told = []
    if refused and outcome.code not in REFUSED:
        told.append(f"is not refused (exit code {outcome.code})")
    if not refused and outcome.code:
        told.append(f"is refused (exit code {outcome.code})")
    if case.mention and not re.search(case.mention, outcome.output, re.IGNORECASE):
        told.append(f"says nothing of /{case.mention}/")
    return told


def _cases(manifest: Path) -> Iterator[Case]:
    described: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    for case in described["cases"]:
        yield Case(case["id"], case["file"], case["expect"], case["mention"])


def _waiting() -> dict[str, str]:
    with WAITING.open(encoding="utf-8", newline="") as file:
        return {row["id"]: f"{row['waits_for']}: {row['why']}" for row in csv.DictReader(file)}


def _copied(file: Path, folder: Path) -> Path:
    """Copy a file, of a package its folder; symbolic links stay links."""
    if file.name.startswith("datapackage."):
        shutil.copytree(file.parent, folder, symlinks=True)
    else:
        folder.mkdir()
        shutil.copy2(file, folder / file.name)
    return folder / file.name


def _listing(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in folder.rglob("*"):
        about = path.lstat()
        yield str(path.relative_to(folder)), about.st_size, about.st_mtime_ns


def _run(command: list[str], folder: Path) -> Outcome:
    """Run a command in a folder of its own, and end it when it takes too long or too much."""
    for name in ("home", "tmp", "watch"):
        (folder / name).mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    log = folder / "watch" / "log"
    began = time.monotonic()
    with (folder / "watch" / "output").open("w+b") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder / "home",
            env=_environment(folder, log),
            start_new_session=True,
        )
        code, peak = _ended(child)
        output.seek(0)
        text = output.read().decode("utf-8", errors="replace")
    noticed = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return Outcome(code, text, time.monotonic() - began, peak, tuple(dict.fromkeys(noticed)))


def _environment(folder: Path, log: Path) -> dict[str, str]:
    readable = (
        sys.prefix,
        sys.base_prefix,
        str(ROOT),
        "/usr",
        "/lib",
        "/proc",
        "/sys",
        "/dev/urandom",
        "/etc/ssl",
    )
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "PYTHONPATH": os.pathsep.join([str(folder / "watch"), str(ROOT)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATCH_LOG": str(log),
        "WATCH_OWN": str(folder),
        "WATCH_READ": os.pathsep.join(os.path.realpath(path) for path in readable),
    }


def _ended(child: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Wait for a process, or end it; return its exit code and its peak memory in bytes."""
    guard = _Guard(child.pid)
    guard.start()
    _, status, usage = os.wait4(child.pid, 0)
    guard.over.set()
    guard.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    # What the system tells at the end counts also what this process held when it started the other.
    return child.returncode, guard.peak or usage.ru_maxrss << 10


class _Guard(threading.Thread):
    """Ends a process that takes too long or too much; `peak` is the most that it held, in bytes."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.peak, self.over = process, 0, threading.Event()

    def run(self) -> None:
        until = time.monotonic() + SECONDS
        while not self.over.wait(0.02):
            self.peak = max(self.peak, _most_held(self.process))
            if time.monotonic() > until or self.peak > KILLED_BYTES:
                os.killpg(self.process, signal.SIGKILL)
                return


def _most_held(process: int) -> int:
    """Return the most memory that a process has held so far, in bytes; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
    return int(found[1]) << 10 if found else 0


def _shortened(text: str) -> str:
    line = RAW.sub("?", " ".join(text.split()))
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[:SHOWN_CHARACTERS]}…"
