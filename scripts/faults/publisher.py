"""Publishes one package, and may be killed at one of its requests: `python -m faults.publisher JSON`."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter

from hxl_kit.errors import HxlKitError
from hxl_kit.hdx.connection import Connection, Patience
from hxl_kit.hdx.site import Site
from hxl_kit.publishing import apply_plan, make_plan
from hxl_kit.reading.packages import read_package
from hxl_kit.targets.hdx import HdxTarget

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

PATIENCE = Patience(connect=5, answer=5, attempts=3, pause=0.01, longest=0.05)
"""As little as shows all that patience does."""

TRACEBACK = 70
"""The exit code of an error that is not told in plain words."""


class HastyTarget(HdxTarget):
    """The target, with little patience."""

    @property
    def connection(self) -> Connection:
        """The connection to the site."""
        return Connection(self.site, PATIENCE)


def publish(package: Path, url: str, key: str, names: tuple[str, str], state: Path) -> int:
    """Publish a package to a site and return the exit code of the command line."""
    target = HastyTarget(Site(url, url, key), *names, state=state)
    try:
        read = read_package(package)
        apply_plan(make_plan(read, target), read, target)
    except HxlKitError as error:
        return int(error.exit_code)
    except Exception:  # noqa: BLE001 - what a user must never see
        return TRACEBACK
    return 0


def die_at(action: str, skip: int, when: str) -> None:
    """Have this process killed before or after a request of an action, when so many of them have passed."""
    send, passed = HTTPAdapter.send, [0]

    def sending(adapter: HTTPAdapter, request: PreparedRequest, *given: Any, **named: Any) -> Response:
        is_it = name_of(str(request.url)) == action
        passed[0] += is_it
        strikes = is_it and passed[0] == skip + 1
        if strikes and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = send(adapter, request, *given, **named)
        if strikes:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    HTTPAdapter.send = sending  # type: ignore[assignment,method-assign]


def name_of(url: str) -> str:
    """Return the name of a request, as the sandbox's log names it."""
    path = urlsplit(url).path
    if "/action/" in path:
        return path.rpartition("/")[2]
    return "download" if "/download" in path else "page"


def main(order: dict[str, Any]) -> int:
    """Publish as ordered."""
    die_at(*order["at"])
    return publish(
        Path(order["package"]), order["url"], order["key"], tuple(order["names"]), Path(order["state"])
    )


if __name__ == "__main__":
    sys.exit(main(json.load(sys.stdin)))
