"""The bytes behind a resource's address: the only thing that proves what is served."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from requests import RequestException

from hxl_kit.errors import TargetError
from hxl_kit.files import CHUNK_BYTES, reason_of
from hxl_kit.hdx.answers import UnansweredError
from hxl_kit.hdx.connection import told
from hxl_kit.hdx.content import SNIFFED_BYTES, is_web_page
from hxl_kit.targets.hdx.kept import Proof

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Response

    from hxl_kit.hdx.connection import Connection
    from hxl_kit.targets.hdx.served import ServedResource

_SAME = 304
_THERE = 200
_FAILED = 500


@dataclass(frozen=True)
class Found:
    """What an address gave: the SHA-256 of its bytes ("" where there is no file) and the server's mark for them.

    `is_page` says that it is a web page, where another file is expected it is perhaps one of a network on the way.
    """

    sha256: str = ""
    etag: str = ""
    bytes: int = 0
    fresh: bool = True
    is_page: bool = False

    @property
    def proof(self) -> Proof | None:
        """What need not be read again while the server gives the same mark; None where it gives none."""
        return Proof(self.etag, self.sha256) if self.sha256 and self.etag else None


def found(
    connection: Connection, resource: ServedResource, proof: Proof | None = None, into: Path | None = None
) -> Found:
    """Return what a resource's address gives; the bytes go into a file if one is named.

    What was proven before is not sent again if the server says that it is the same (If-None-Match, RFC 9110).

    Raises:
        UnansweredError: the server does not answer, or breaks off however often it is asked.
        TargetError: the address must not be asked, or the file cannot be written.
    """
    try:
        return connection.patience.attempts_of()(_found, connection, resource, proof, into)
    except UnansweredError as error:
        # So CKAN answers, for good, where its storage has lost the file.
        if error.status == _FAILED:
            return Found()
        raise


def _found(connection: Connection, resource: ServedResource, proof: Proof | None, into: Path | None) -> Found:
    conditional = {"If-None-Match": proof.etag} if proof and into is None else {}
    # What is counted must be the bytes of the file, not those of its compression on the way.
    with connection.open(resource.url, {"Accept-Encoding": "identity", **conditional}) as response:
        if proof and response.status_code == _SAME:
            return Found(proof.sha256, proof.etag, resource.bytes, fresh=False)
        if response.status_code != _THERE:
            return Found()
        return _read(response, resource, into)


def _read(response: Response, resource: ServedResource, into: Path | None) -> Found:
    digest, size, start = hashlib.sha256(), 0, b""
    try:
        with into.open("wb") if into else _Nowhere() as file:
            for chunk in response.iter_content(CHUNK_BYTES):
                digest.update(chunk)
                start = start or chunk[:SNIFFED_BYTES]
                size += file.write(chunk)
    except RequestException as error:
        raise UnansweredError(f"{resource.name}: {told(error)}") from None
    except OSError as error:
        raise TargetError(f"{into}: {reason_of(error)}") from error
    promised = response.headers.get("Content-Length", "")
    if promised.isdecimal() and int(promised) != size:
        raise UnansweredError(
            f"{resource.name}: the answer broke off after {size:,} of {int(promised):,} bytes"
        )
    mark = response.headers.get("ETag", "")
    return Found(digest.hexdigest(), mark, size, is_page=is_web_page(start))


class _Nowhere:
    """A file that keeps nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def write(self, chunk: bytes) -> int:
        return len(chunk)
