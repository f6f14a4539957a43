"""What the resources of a dataset really serve: each address asked, each file read to its end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from requests import RequestException

from hxl_kit.errors import TargetError
from hxl_kit.files import CHUNK_BYTES
from hxl_kit.hdx.answers import UnansweredError
from hxl_kit.hdx.connection import told
from hxl_kit.hdx.content import claimed_md5, is_web_page
from hxl_kit.hdx.listed import PAGES
from hxl_kit.hdx.site import origin_of

if TYPE_CHECKING:
    from requests import Response

    from hxl_kit.hdx.connection import Connection
    from hxl_kit.targets.hdx.files_served import Files
    from hxl_kit.targets.hdx.served import ServedResource

_THERE, _DENIED = 200, frozenset({401, 403})
_FAILED = 500
"""What CKAN answers, however often it is asked, for a file that is not in its storage."""

Gives = Literal["file", "page", "nothing", "no-answer", "not-told"]


@dataclass(frozen=True)
class Seen:
    """A resource and what its address gives.

    `gives` is `page` for a web page where a file is expected, `nothing` where there is no file, `no-answer` where the
    server may not be asked, does not answer or breaks off, `not-told` where the file is kept back or for members only.
    """

    resource: ServedResource
    gives: Gives
    sha256: str = ""
    md5: str = ""
    bytes: int = 0

    @property
    def is_dead(self) -> bool:
        """Whether there is no file behind the address."""
        return self.gives == "nothing"

    @property
    def is_page(self) -> bool:
        """Whether a web page comes in place of the file: what was stored, or a server that is being mended."""
        return self.gives == "page"

    @property
    def is_file(self) -> bool:
        """Whether the address gives a file, be it the right one or not."""
        return self.gives == "file"

    @property
    def claim(self) -> str:
        """The hash that the resource claims, as its publisher wrote it."""
        return str(self.resource.raw.get("hash") or "")

    @property
    def claimed_md5(self) -> str:
        """The MD5 of the bytes that it claims, as hdx-python-api writes it; "" if it claims none."""
        return claimed_md5(self.resource.raw)

    @property
    def is_other(self) -> bool:
        """Whether the file is another one than the resource claims, by its hash or else by its size."""
        if not self.is_file:
            return False
        if self.resource.sha256:
            return self.sha256 != self.resource.sha256
        if self.claimed_md5 and self.md5:
            return self.md5 != self.claimed_md5
        return self.resource.bytes not in (0, self.bytes)


def is_of_site(connection: Connection, resource: ServedResource) -> bool:
    """Return whether a resource's file is, or was meant to be, on the site itself."""
    if resource.is_upload:
        return True
    try:
        return origin_of(resource.url) == connection.site.origin
    except ValueError:
        return False


def seen(files: Files, resource: ServedResource) -> Seen:
    """Return what a resource's address gives; what was proven before is not sent again if the server says so."""
    if resource.in_quarantine:
        return Seen(resource, "not-told")
    try:
        proof = files.kept.journal().proofs.get(resource.id)
        if proof and proof.sha256 == resource.sha256 and files.asked(resource).sha256 == proof.sha256:
            return Seen(resource, "file", proof.sha256, bytes=resource.bytes)
        return files.connection.patience.attempts_of()(_looked, files.connection, resource)
    except UnansweredError as error:
        return Seen(resource, "nothing" if error.status == _FAILED else "no-answer")
    except TargetError:
        return Seen(resource, "no-answer")


def _looked(connection: Connection, resource: ServedResource) -> Seen:
    with connection.open(resource.url, {"Accept-Encoding": "identity"}) as response:
        if response.status_code in _DENIED:
            return Seen(resource, "not-told")
        if response.status_code != _THERE:
            return Seen(resource, "nothing")
        return _read(response, resource)


def _read(response: Response, resource: ServedResource) -> Seen:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    start, size = b"", 0
    try:
        for chunk in response.iter_content(CHUNK_BYTES):
            start = start or chunk
            size += len(chunk)
            sha256.update(chunk)
            md5.update(chunk)
    except RequestException as error:
        raise UnansweredError(f"{resource.name}: {told(error)}") from None
    if size == 0:
        return Seen(resource, "nothing")
    is_page = is_web_page(start) and str(resource.raw.get("format") or "").lower() not in PAGES
    return Seen(resource, "page" if is_page else "file", sha256.hexdigest(), md5.hexdigest(), size)
