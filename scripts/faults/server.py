"""The sandbox HDX, as the matrix needs it: faults on purpose, requests, and what the public sees."""

from __future__ import annotations

import json
import time
import urllib.request
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

if TYPE_CHECKING:
    from pathlib import Path

    from faults.cells import Cell

_LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Server:
    """A running sandbox; `folder` holds its faults and its log."""

    url: str
    key: str
    organisation: str
    maintainer: str
    folder: Path

    def misbehave(self, cell: Cell) -> None:
        """Behave as the cell says."""
        rule = {"path": cell.action, "fault": cell.fault, "when": cell.when, "skip": cell.skip}
        self._write_faults([{**rule, "times": cell.times, "id": uuid.uuid4().hex}])

    def behave(self) -> None:
        """Behave well."""
        self._write_faults([])

    def requests(self) -> list[tuple[str, str]]:
        """Return the actions asked since `forget`, each with the fault that struck it ("" for none)."""
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        return [(told["action"], told["fault"]) for told in map(json.loads, lines)]

    def struck(self, cell: Cell) -> bool:
        """Return whether the fault of a cell struck; one that hangs is written down when it ends."""
        kind, _, seconds = cell.fault.partition(":")
        until = time.monotonic() + (float(seconds) + 1 if kind == "hang" else 0)
        while (cell.action, cell.fault) not in self.requests():
            if time.monotonic() >= until:
                return False
            time.sleep(0.1)
        return True

    def forget(self) -> None:
        """Forget the requests."""
        self._log.unlink(missing_ok=True)

    def ask(self, action: str, *, key: str = "", **data: Any) -> Any:
        """Return the result of an action, None where it is refused."""
        request = urllib.request.Request(  # noqa: S310 - a sandbox on this machine
            f"{self.url}/api/3/action/{action}",
            json.dumps(data).encode(),
            {"Content-Type": "application/json", **({"Authorization": key} if key else {})},
        )
        try:
            with _LOCAL.open(request, timeout=60) as answer:
                return json.load(answer)["result"]
        except HTTPError as error:
            error.close()
            return None

    def public(self, name: str) -> list[tuple[str, bytes]] | None:
        """Return each file of a dataset as the public gets it (b"" where it gets none); None if it is not public."""
        shown = self.ask("package_show", id=name)
        if shown is None or shown["private"] or shown["state"] != "active":
            return None
        return [(resource["name"], downloaded(resource["url"])) for resource in shown["resources"]]

    def named(self, title: str) -> int:
        """Return how many datasets there are with a title, private ones too."""
        asked = {"fq": f'title:"{title}"', "include_private": True, "include_drafts": True}
        found = self.ask("package_search", key=self.key, **asked)
        return int(found["count"])

    def purge(self, name: str) -> None:
        """Remove a dataset for good."""
        self.ask("dataset_purge", key=self.key, id=name)

    @property
    def _log(self) -> Path:
        return self.folder / "requests.jsonl"

    def _write_faults(self, rules: list[dict[str, Any]]) -> None:
        staged = self.folder / "faults.new"
        staged.write_text(json.dumps(rules), encoding="utf-8")
        staged.replace(self.folder / "faults.json")


def downloaded(url: str) -> bytes:
    """Return what an address gives to anyone; b"" where it gives nothing."""
    try:
        with _LOCAL.open(url, timeout=60) as answer:
            return bytes(answer.read())
    except (HTTPError, ValueError):
        return b""
