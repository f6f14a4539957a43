"""A dataset as HDX lists it: its metadata, and which of its resources are files to fetch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from hxl_kit.errors import TargetError
from hxl_kit.hdx.download import Wanted
from hxl_kit.hdx.site import origin_of
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.hdx.site import Site

_NAME = re.compile(r"[a-z0-9_-]{2,100}")
_ENDING = re.compile(r"[^.]\.[A-Za-z0-9]{1,8}$")
_SHA256 = re.compile(r"(?:sha-?256:)?([0-9a-f]{64})", re.IGNORECASE)
PAGES = frozenset({"web app", "html", "geoservice", "api", "google sheet", "rss feed"})
"""HDX's formats (its list of resource formats) of what is a place to go to, not a file to fetch."""


@dataclass(frozen=True)
class ListedFile:
    """A resource of a dataset on HDX.

    Attributes:
        id: the resource's id.
        name: as its publisher called it.
        url: where it lies; elsewhere than on HDX where `is_outside`.
        modified: when it was changed last, as HDX says it: ISO 8601 in UTC.
        sha256: of its bytes, "" where HDX was not told it.
        bytes: its size as HDX counted it, None for what lies elsewhere.
        format: by HDX's list of formats, in lower case.
        left_out: why it is not fetched, "" if it is.
    """

    id: str
    name: str
    url: str
    modified: str
    sha256: str
    bytes: int | None
    format: str
    is_outside: bool
    left_out: str = ""

    @property
    def file_name(self) -> str:
        """The last part of its address, as a file may be called after it; "" where that says nothing."""
        return unquote(urlsplit(self.url).path.rpartition("/")[2])

    @property
    def called(self) -> str:
        """What to call it here: as its address does where that has an ending, else by its name and its format's ending."""
        if _ENDING.search(self.file_name):
            return self.file_name
        named, form = self.name or self.id, re.sub("[^a-z0-9]+", "", self.format)
        return named if not form or named.lower().endswith(f".{form}") else f"{named}.{form}"


@dataclass(frozen=True)
class ListedDataset:
    """A dataset on HDX: its id, its name, when it was changed last, its resources and all its metadata."""

    id: str
    name: str
    modified: str
    resources: tuple[ListedFile, ...]
    metadata: Mapping[str, Any]

    @property
    def files(self) -> tuple[ListedFile, ...]:
        """The resources that are files to fetch."""
        return tuple(file for file in self.resources if not file.left_out)

    @property
    def is_by_request(self) -> bool:
        """Whether its files are given to those who ask for them (HDX Connect), and none can be fetched."""
        return bool(self.metadata.get("is_requestdata_type"))

    def wanted(self, file: ListedFile) -> Wanted:
        """Return what is known of one of the files before it comes."""
        label = f"{self.name}: {shown(file.name or file.id)}"
        return Wanted(file.url, label, file.sha256, file.bytes, is_page=file.format in PAGES)

    def named(self, name: str) -> ListedFile | None:
        """Return the file of a name, None if there is none."""
        return next((file for file in self.files if file.name == name), None)


def listed_dataset(site: Site, metadata: Mapping[str, Any]) -> ListedDataset:
    """Return a dataset by its metadata (an item of package_search, or package_show's answer).

    Raises:
        TargetError: its name is none that a folder may have, so it is no dataset of HDX.
    """
    name = _text(metadata, "name")
    if not _NAME.fullmatch(name):
        raise TargetError(
            f"{site.text}: lists a dataset with the name '{shown(name)}', which no dataset can have"
        )
    given = metadata.get("resources")
    resources = tuple(
        _file(site, raw) for raw in (given if isinstance(given, list) else []) if isinstance(raw, dict)
    )
    modified = _text(metadata, "metadata_modified")
    return ListedDataset(_text(metadata, "id"), name, modified, resources, metadata)


def _file(site: Site, raw: Mapping[str, Any]) -> ListedFile:
    url = urljoin(f"{site.url}/", _text(raw, "url"))
    is_upload = _text(raw, "url_type") == "upload"
    digest, size = _SHA256.fullmatch(_text(raw, "hash")), raw.get("size")
    return ListedFile(
        id=_text(raw, "id"),
        name=_text(raw, "name"),
        url=url,
        modified=_text(raw, "last_modified") or _text(raw, "created"),
        sha256=digest[1].lower() if digest else "",
        bytes=size if is_upload and type(size) is int else None,
        format=_text(raw, "format").lower(),
        is_outside=not is_upload and not _is_own(site, url),
        left_out=_left_out(raw),
    )


def _left_out(raw: Mapping[str, Any]) -> str:
    if str(raw.get("in_quarantine")).lower() == "true":
        return "in quarantine on HDX"
    if _text(raw, "format").lower() in PAGES and _text(raw, "url_type") != "upload":
        return "a page or a service, not a file"
    return ""


def _is_own(site: Site, url: str) -> bool:
    try:
        return origin_of(url) == site.origin
    except ValueError:
        return False


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def seconds_of(moment: str) -> float | None:
    """Return a moment of HDX (ISO 8601, UTC) as whole seconds since 1970, None if it is none."""
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return None
    aware = read if read.tzinfo else datetime.fromisoformat(f"{read.isoformat()}+00:00")
    return float(int(aware.timestamp()))
