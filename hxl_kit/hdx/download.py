"""Files from HDX and from the hosts it points to: streamed, hashed on the way, taken up again where they broke off.

A file arrives in a folder of parts under a name made from its address, with a note on what the server said of it
(https://www.rfc-editor.org/rfc/rfc9110: ETag, Last-Modified). What broke off is taken up by Range only if the server
vouches by If-Range that it is still the same file. A file that is not what is known of it is never given to anybody.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests import RequestException

from hxl_kit.errors import TargetError
from hxl_kit.files import write_atomically
from hxl_kit.hdx.answers import RefusedError
from hxl_kit.hdx.connection import told
from hxl_kit.hdx.content import SNIFFED_BYTES, is_web_page
from hxl_kit.hdx.manners import Manners

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from threading import Event

    from requests import Response

    from hxl_kit.hdx.connection import Connection

ATTEMPTS = 6
"""How often a file that breaks off is taken up again."""

BLOCK_BYTES = 1 << 16
"""What arrives is written in blocks of this size; of a block that breaks off nothing is kept."""

_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_OK, _PARTIAL, _UNCHANGED, _BEYOND = 200, 206, 304, 416
_GONE = {401: "may not be read", 403: "may not be read", 404: "is not there", 410: "is not there any more"}


@dataclass(frozen=True)
class Wanted:
    """A file to fetch, with what is known of it.

    Attributes:
        url: its address.
        label: what messages call it.
        sha256: what its bytes must have, "" where nobody knows.
        bytes: the size it must have, None where nobody knows.
        is_page: whether a web page is what is wanted, and not the sign of a mistake.
        etag: the ETag of a copy that is here already: it is sent only if it is another one by now.
        modified: the Last-Modified of that copy, as the server wrote it.
    """

    url: str
    label: str
    sha256: str = ""
    bytes: int | None = None
    is_page: bool = False
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True)
class Fetched:
    """A file that arrived whole at `path`; without a path, the copy that is here is still the one served."""

    path: Path | None
    sha256: str = ""
    bytes: int = 0
    etag: str = ""
    modified: str = ""


class _BrokenOffError(Exception):
    """The file did not arrive to its end; what is here of it may be taken up."""


@dataclass(frozen=True)
class _Part:
    """What is here of a file, and what the server said of it when it began to arrive."""

    path: Path
    note: Path
    etag: str = ""
    modified: str = ""
    whole: int | None = None

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def validator(self) -> str:
        """What proves that the rest belongs to this part: a strong ETag, or a date (RFC 9110, 13.1.5)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified

    @property
    def is_whole(self) -> bool:
        return self.whole is not None and self.size == self.whole and self.path.is_file()

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


@dataclass(frozen=True)
class Downloads:
    """Fetches files through a connection into a folder of parts, which outlives a run that was stopped.

    `progress` is told how many more bytes arrived; `stop`, once set, ends what is under way at its next block.
    """

    connection: Connection
    folder: Path
    manners: Manners = field(default_factory=Manners)
    progress: Callable[[int], None] = field(default=lambda _: None)
    stop: Event | None = None

    def fetch(self, wanted: Wanted) -> Fetched:
        """Return a file, whole and verified by all that is known of it.

        Raises:
            TargetError: it is not there, may not be asked for, does not arrive whole, or is another file than expected.
            OSError: the folder cannot take it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for _ in range(ATTEMPTS):
            try:
                return self._tried(wanted)
            except _BrokenOffError as error:
                reason = str(error)
        raise TargetError(f"{wanted.label}: {reason}; run it again to take up where it broke off")

    def _tried(self, wanted: Wanted) -> Fetched:
        part = self._part(wanted.url)
        if part.is_whole and wanted.sha256 and _digest(part).hexdigest() == wanted.sha256:
            return _judged(wanted, part, wanted.sha256, resumed=True)
        headers = {"Accept-Encoding": "identity", **_conditions(wanted, part)}
        host = urlsplit(wanted.url).netloc
        with self.manners.turn(host), self.connection.open(wanted.url, headers) as response:
            if response.status_code == _UNCHANGED:
                return _unchanged(wanted, part)
            return self._received(wanted, part, response)

    def _part(self, url: str) -> _Part:
        name = hashlib.sha256(url.encode()).hexdigest()[:32]
        path, note = self.folder / f"{name}.part", self.folder / f"{name}.json"
        try:
            said = json.loads(note.read_bytes())
            return _Part(path, note, str(said["etag"]), str(said["modified"]), said["whole"])
        except (OSError, ValueError, KeyError, TypeError):
            return _Part(path, note)

    def _received(self, wanted: Wanted, part: _Part, response: Response) -> Fetched:
        """Take in an answer: the whole file, or its rest behind what is here."""
        if response.status_code == _BEYOND:
            part.discard()
            raise _BrokenOffError("the server does not continue it")
        if response.status_code not in (_OK, _PARTIAL):
            status = response.status_code
            raise RefusedError(f"{wanted.label}: {_GONE.get(status, 'is refused')} (status {status})", status)
        begun = _begin(part, response)
        resumed = response.status_code == _PARTIAL
        digest = self._written(begun, response, resumed=resumed)
        if begun.whole is not None and begun.size < begun.whole:
            raise _BrokenOffError(f"broke off after {begun.size:,} of {begun.whole:,} bytes")
        return _judged(wanted, begun, digest, resumed=resumed)

    def _written(self, part: _Part, response: Response, *, resumed: bool) -> str:
        """Write what arrives, and return the SHA-256 of the whole file."""
        digest = _digest(part) if resumed else hashlib.sha256()
        with part.path.open("ab" if resumed else "wb") as file:
            try:
                for block in response.iter_content(BLOCK_BYTES):
                    file.write(block)
                    digest.update(block)
                    self.progress(len(block))
                    self._require_going()
            except RequestException as error:
                raise _BrokenOffError(told(error)) from None
        return digest.hexdigest()

    def _require_going(self) -> None:
        if self.stop is not None and self.stop.is_set():
            raise TargetError("stopped; run it again to take up where it broke off")


def _conditions(wanted: Wanted, part: _Part) -> dict[str, str]:
    """Return the headers that ask for what is missing alone."""
    if part.is_whole and part.validator:
        return _unless_changed(part.etag, part.modified)
    if part.size and part.validator:
        return {"Range": f"bytes={part.size}-", "If-Range": part.validator}
    return _unless_changed(wanted.etag, wanted.modified)


def _unless_changed(etag: str, modified: str) -> dict[str, str]:
    if etag:
        return {"If-None-Match": etag}
    return {"If-Modified-Since": modified} if modified else {}


def _unchanged(wanted: Wanted, part: _Part) -> Fetched:
    """Return the part that is here whole, or else that the caller's own copy is still the one served."""
    if part.is_whole:
        return _judged(wanted, part, _digest(part).hexdigest(), resumed=True)
    return Fetched(None, etag=wanted.etag, modified=wanted.modified)


def _begin(part: _Part, response: Response) -> _Part:
    """Return the part that an answer continues, or a new one with what the server says of the file.

    Raises:
        _BrokenOffError: the answer is a piece of something else than what is here.
    """
    etag, modified = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    if response.status_code == _PARTIAL:
        found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found and int(found[1]) == part.size and (not part.etag or etag in ("", part.etag)):
            whole = part.whole if found[2] == "*" else int(found[2])
            return _Part(part.path, part.note, part.etag, part.modified, whole)
        part.discard()
        raise _BrokenOffError("the server continues another file")
    begun = _Part(part.path, part.note, etag, modified, _length(response.headers))
    part.discard()
    said = {"etag": etag, "modified": modified, "whole": begun.whole}
    write_atomically(part.note, json.dumps(said).encode())
    return begun


def _length(headers: Mapping[str, Any]) -> int | None:
    """Return how long an answer is, None where it is not said or the length is that of something packed."""
    said = str(headers.get("Content-Length", ""))
    packed = str(headers.get("Content-Encoding", "identity")).lower() != "identity"
    return int(said) if said.isdecimal() and not packed else None


def _digest(part: _Part) -> Any:
    with part.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256")


def _judged(wanted: Wanted, part: _Part, sha256: str, *, resumed: bool) -> Fetched:
    """Return a file that arrived, if it is what is known of it.

    Raises:
        TargetError: it is not, and arrived in one go.
        _BrokenOffError: it is not, and was put together from pieces: it is to be fetched anew.
    """
    size = part.size
    if reason := _fault(wanted, part, sha256, size):
        part.discard()
        if resumed:
            raise _BrokenOffError(reason)
        raise TargetError(f"{wanted.label}: {reason}; nothing was changed here")
    return Fetched(part.path, sha256, size, part.etag, part.modified)


def _fault(wanted: Wanted, part: _Part, sha256: str, size: int) -> str:
    """Return what is wrong with a file that arrived; "" if nothing is."""
    with part.path.open("rb") as file:
        is_page = is_web_page(file.read(SNIFFED_BYTES))
    if is_page and not wanted.is_page:
        return "a web page came in place of the file"
    if part.whole is not None and size != part.whole:
        return f"{size:,} bytes came of {part.whole:,}"
    if wanted.bytes is not None and size != wanted.bytes:
        return f"has {size:,} bytes where {wanted.bytes:,} are listed"
    if wanted.sha256 and sha256 != wanted.sha256:
        return "its SHA-256 is not the one that is listed: it is damaged, or another file"
    return ""
