"""The sites of HDX, and the key to each.

Addresses are those that hdx-python-api knows. A key comes from the environment or from HDX's own configuration file,
never from a command line, where other users of a machine could read it.
"""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from hdx.api.configuration import Configuration

from hxl_kit import __version__
from hxl_kit.errors import UsageError, nearest

NAMES = ("prod", "stage", "demo", "feature")
USER_AGENT = f"hxl_kit/{__version__}"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_UNCONFIGURED = "https://not-asked.invalid"


@dataclass(frozen=True)
class Site:
    """A CKAN with HDX's rules.

    Attributes:
        name: as it is written after `hdx:`.
        url: the address, without a slash at its end.
        key: the API key; "" without one: then only what is public can be read.
    """

    name: str
    url: str
    key: str = field(default="", repr=False)

    @property
    def text(self) -> str:
        """The site as a target is written on the command line."""
        return f"hdx:{self.name}"

    @property
    def place(self) -> str:
        """The site as a name of a folder: host and port."""
        return re.sub(r"[^A-Za-z0-9.-]+", "_", urlsplit(self.url).netloc.lower())

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: the key is sent there alone."""
        return origin_of(self.url)

    @property
    def is_local(self) -> bool:
        """Whether the site runs on this machine."""
        return self.origin[1] in LOOPBACK

    def page_of(self, dataset: str) -> str:
        """Return the address of a dataset's page for people."""
        return f"{self.url}/dataset/{dataset}"


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address; the port is the scheme's own where none is written."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or (443 if scheme == "https" else 80)


def site_of(name: str) -> Site:
    """Return the site that a name (prod, stage, demo, feature) or an address stands for, with the user's key to it.

    Raises:
        UsageError: it is neither, or the address is one to which a key must not be sent.
    """
    if "://" in name:
        return Site(name.rstrip("/"), _address(name), os.environ.get("HDX_KEY", ""))
    if name not in NAMES:
        raise UsageError(f"hdx:{name}: no site of HDX{nearest(name, NAMES)}; known: {', '.join(NAMES)}")
    known = _configured()
    return Site(name, str(known[f"hdx_{name}_site"]["url"]).rstrip("/"), _key(name, known))


def site_at(url: str, key: str) -> Site:
    """Return the site at an address, with a key: one of HDX's own by its name, another by its address.

    Raises:
        UsageError: the address is not one of a site, or one to which a key must not be sent.
    """
    known = _configured()
    address = _address(url)
    names = (name for name in NAMES if str(known[f"hdx_{name}_site"]["url"]).rstrip("/") == address)
    return Site(next(names, address), address, key)


def _key(name: str, known: Configuration) -> str:
    """Return the key by hdx-python-api's order: that of the site before the general one, the environment before the file."""
    named = (f"hdx_key_{name}", "hdx_key")
    found = (os.environ.get(entry.upper()) or known.get(entry) for entry in named)
    return str(next(filter(None, found), ""))


def _configured() -> Configuration:
    """Return HDX's configuration: the sites, and what the user's own file adds. No address is asked."""
    logging.getLogger("hdx.api.configuration").setLevel(logging.WARNING)
    return Configuration(hdx_url=_UNCONFIGURED, hdx_read_only=True, user_agent=USER_AGENT)


def _address(text: str) -> str:
    """Return the address of a site of one's own; a key goes over https, or stays on this machine."""
    try:
        scheme, host, _ = origin_of(text)
    except ValueError as error:
        raise UsageError(f"hdx:{text}: is not a well-formed address") from error
    parts = urlsplit(text)
    beyond = parts.path.strip("/") or parts.query or parts.fragment
    if scheme not in ("http", "https") or not host or parts.username is not None or beyond:
        raise UsageError(f"hdx:{text}: is not the address of a site, such as http://127.0.0.1:5055")
    if scheme == "http" and host not in LOOPBACK:
        raise UsageError(
            f"hdx:{text}: a key must not go over http, which anybody on the way can read; use https"
        )
    return text.rstrip("/")
