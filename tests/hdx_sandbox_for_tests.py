"""A sandbox HDX of this test run's own: its address and keys, faults on purpose, and what was asked of it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts/hdx_sandbox.py"


@dataclass(frozen=True)
class Answer:
    """Status, and `result` or `error` of an action's answer."""

    status: int
    body: Any


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox."""

    url: str
    key: str
    editor_key: str
    outsider_key: str
    organisation: str
    maintainer: str
    folder: Path

    def ask(
        self, action: str, data: dict[str, Any] | None = None, key: str | None = None, files=None
    ) -> Answer:
        """Call an action as the sysadmin (as nobody with key=""); `files` are sent as multipart."""
        asked = {"data": _flat(data or {}), "files": files} if files else {"json": data or {}}
        key = self.key if key is None else key
        headers = {"Authorization": key} if key else {}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{self.url}/api/3/action/{action}", headers=headers, timeout=60, **asked)
        told = answer.json()
        return Answer(answer.status_code, told["result"] if told["success"] else told["error"])

    def call(
        self, action: str, data: dict[str, Any] | None = None, key: str | None = None, files=None
    ) -> Any:
        """Return the result of an action; fails where it is refused."""
        answer = self.ask(action, data, key, files)
        assert answer.status == 200, f"{action}: {answer.status} {answer.body}"
        return answer.body

    def purge(self, name: str) -> None:
        """Remove a dataset for good, if there is one."""
        if self.ask("package_show", {"id": name}).status == 200:
            self.call("hdx_dataset_purge", {"id": name})

    def fault(self, **rule: Any) -> None:
        """Add a fault: path, fault, when, skip, times, retry_after, file (see tests/hdx_sandbox/faults.py)."""
        present = json.loads(self._faults.read_text(encoding="utf-8")) if self._faults.exists() else []
        self._write_faults([*present, {"id": uuid.uuid4().hex, **rule}])

    def no_faults(self) -> None:
        """Behave again."""
        self._faults.unlink(missing_ok=True)

    def requests(self) -> list[dict[str, Any]]:
        """Return what was asked since `clear_requests`: method, path, action, bytes, status, key, fault."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]

    def clear_requests(self) -> None:
        """Forget what was asked."""
        self._log.unlink(missing_ok=True)

    @property
    def _faults(self) -> Path:
        return self.folder / "faults.json"

    @property
    def _log(self) -> Path:
        return self.folder / "requests.jsonl"

    def _write_faults(self, rules: list[dict[str, Any]]) -> None:
        staged = self._faults.with_suffix(".new")
        staged.write_text(json.dumps(rules), encoding="utf-8")
        staged.replace(self._faults)


def _flat(data: dict[str, Any]) -> dict[str, str]:
    """Fields of a form: lists and dictionaries as JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in data.items()}


def started() -> Sandbox:
    """Start a sandbox at free ports, which goes when this process goes.

    Where it cannot start, the tests that need it fail. At a desk HXL_KIT_NO_SANDBOX=1 skips them.
    """
    if os.environ.get("HXL_KIT_NO_SANDBOX") and not os.environ.get("CI"):
        pytest.skip("HXL_KIT_NO_SANDBOX is set: no sandbox HDX")
    done = script("up", "--port", "0", "--parent", str(os.getpid()))
    if done.returncode:
        pytest.fail(f"the sandbox HDX does not start (HXL_KIT_NO_SANDBOX=1 skips its tests):\n{done.stderr}")
    told = dict(line.split("=", 1) for line in shlex.split(done.stdout))
    return Sandbox(
        url=told["HDX_URL"],
        key=told["HDX_KEY"],
        editor_key=told["HDX_KEY_EDITOR"],
        outsider_key=told["HDX_KEY_OUTSIDER"],
        organisation=told["HDX_ORGANISATION"],
        maintainer=told["HDX_MAINTAINER"],
        folder=Path(told["HDX_SANDBOX_RUN"]),
    )


def stop(sandbox: Sandbox) -> None:
    """Stop a sandbox."""
    script("down", "--port", sandbox.url.rpartition(":")[2])


def script(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/hdx_sandbox.py."""
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **env},
    )
