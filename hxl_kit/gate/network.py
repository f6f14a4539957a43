"""frictionless' way to the network, watched: nothing is fetched that is not allowed, redirects included."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from frictionless import system
from requests import ConnectionError as NoConnectionError
from requests import Response, Session
from requests.adapters import HTTPAdapter

from hxl_kit.reading.remote import NO_REMOTE, RemotePolicy, refusal
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from requests import PreparedRequest

SECONDS = 30
"""How long a server may keep silent."""


@contextmanager
def watched(policy: RemotePolicy = NO_REMOTE) -> Iterator[None]:
    """Let frictionless ask only for what `policy` allows; profiles of the standard are answered from here."""
    session = Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Watch(policy))
    with system.use_context(http_session=session):
        yield


class _Watch(HTTPAdapter):
    """Judges each address before it is asked, also those that a server redirects to."""

    def __init__(self, policy: RemotePolicy) -> None:
        super().__init__()
        self._policy = policy

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        url = request.url or ""
        profile = _profiles().get(url.removeprefix("https://").removeprefix("http://"))
        if profile is not None:
            return _answer(request, profile)
        reason = refusal(url, self._policy)
        if reason:
            raise NoConnectionError(reason)
        return super().send(request, *args, **{**options, "timeout": SECONDS})


def _answer(request: PreparedRequest, file: Path) -> Response:
    response = Response()
    response.status_code, response.url, response.request = 200, str(request.url), request
    response.raw = _Raw(file.read_bytes())
    return response


class _Raw:
    """The part of urllib3's answer that frictionless reads."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.decode_content = True

    def read(self, size: int | None = None, **_: Any) -> bytes:
        taken = self._content if size is None else self._content[:size]
        self._content = self._content[len(taken) :]
        return taken

    def close(self) -> None:
        self._content = b""

    def release_conn(self) -> None:
        self.close()


@cache
def _profiles() -> dict[str, Path]:
    """Return the profiles of the standard that are kept here, by their addresses without a scheme."""
    table = schemas.path_of("profiles/profiles.csv")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: table.parent / row["file"] for row in rows for name in row["names"].split() if "/" in name}
