"""Runs the cells: a publication under a fault, what the public sees then, and a clean run after it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from faults.cells import is_kill
from faults.packages import files_of, write_version
from faults.publisher import TRACEBACK, publish

if TYPE_CHECKING:
    from faults.cells import Cell
    from faults.server import Server
    from hxl_kit.reading.packages import Package


@dataclass(frozen=True)
class Judged:
    """A cell, the exit code of the struck run (-9: killed), and what is wrong; nothing is for a good one."""

    cell: Cell
    code: int
    wrong: list[str]


@dataclass(frozen=True)
class _Case:
    """A dataset of its own: two versions, and the state of the machine that publishes them."""

    name: str
    folder: Path
    old: Package
    new: Package

    @property
    def state(self) -> Path:
        return self.folder / "state"


@dataclass(frozen=True)
class Bench:
    """Where cells are run: a sandbox and a folder."""

    server: Server
    folder: Path

    def requests_of(self, stage: str) -> list[str]:
        """Return the actions that a clean publication asks, in their order."""
        case = self._case(stage)
        self.server.forget()
        self._publish(case)
        asked = [action for action, _ in self.server.requests()]
        self._end(case)
        return asked

    def judge(self, cell: Cell) -> Judged:
        """Run a cell and return what is wrong about it."""
        case = self._case(cell.stage)
        try:
            code = self._struck(cell, case)
            wrong = self._seen(cell, case, code)
            again = self._publish(case)
            if again != 0:
                wrong.append(f"a clean run after it ends with {again}")
            wrong += [f"after a clean run: {word}" for word in self._after(case)]
        finally:
            self.server.behave()
            self._end(case)
        return Judged(cell, code, wrong)

    def _struck(self, cell: Cell, case: _Case) -> int:
        if is_kill(cell):
            return self._killed(cell, case)
        self.server.forget()
        self.server.misbehave(cell)
        try:
            return self._publish(case)
        finally:
            self.server.behave()

    def _seen(self, cell: Cell, case: _Case, code: int) -> list[str]:
        """Return what is wrong after the struck run."""
        struck = is_kill(cell) or self.server.struck(cell)
        found = [] if struck else ["the fault struck no request"]
        found += self._public_problems(case)
        if code == TRACEBACK:
            found.append("an error that is not told in plain words")
        if is_kill(cell) and code >= 0:
            found.append(f"the process was not killed (exit code {code})")
        if code == 0 and self.server.public(case.name) != list(files_of(case.new).items()):
            found.append("exit code 0, but what is served is not what was published")
        return found

    def _public_problems(self, case: _Case) -> list[str]:
        served = self.server.public(case.name)
        found = []
        if served is not None:
            names = [name for name, _ in served]
            if len(names) != len(set(names)):
                found.append(f"doubled files: {', '.join(names)}")
            if dict(served) not in (files_of(case.old), files_of(case.new)):
                dead = [name for name, content in served if not content]
                found.append(
                    f"public, with {'dead downloads: ' + ', '.join(dead) if dead else 'files that do not belong together'}"
                )
        if (number := self.server.named(case.name)) > 1:
            found.append(f"{number} datasets")
        return found

    def _after(self, case: _Case) -> list[str]:
        """Return what is wrong after a clean run: exactly the new version is to be public, once."""
        found = self._public_problems(case)
        if self.server.public(case.name) != list(files_of(case.new).items()):
            found.append("the planned version is not what is public")
        return found

    def _case(self, stage: str) -> _Case:
        name = f"g-{uuid.uuid4().hex[:10]}"
        folder = self.folder / name
        versions = [write_version(folder / str(v), name, v) for v in (1, 2)]
        case = _Case(name, folder, *versions)
        if stage == "update" and self._publish(case, case.old) != 0:
            raise RuntimeError(f"{name}: the first version cannot be published without a fault")
        return case

    def _end(self, case: _Case) -> None:
        self.server.purge(case.name)
        shutil.rmtree(case.folder)

    def _publish(self, case: _Case, package: Package | None = None) -> int:
        server = self.server
        names = (server.organisation, server.maintainer)
        return publish((package or case.new).folder, server.url, server.key, names, case.state)

    def _killed(self, cell: Cell, case: _Case) -> int:
        server = self.server
        order = {
            "package": str(case.new.folder),
            "url": server.url,
            "key": server.key,
            "names": [server.organisation, server.maintainer],
            "state": str(case.state),
            "at": [cell.action, cell.skip, cell.when],
        }
        ended = subprocess.run(
            [sys.executable, "-m", "faults.publisher"],
            input=json.dumps(order),
            text=True,
            cwd=Path(__file__).parents[1],
            check=False,
        )
        return ended.returncode
