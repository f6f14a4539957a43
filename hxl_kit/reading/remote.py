"""Addresses on the network: which may be asked for at all. Nothing is, unless the user allows it.

With `--allow-remote` a public address may be read over http or https. An address of this machine or of the network
that it stands in (loopback, private, link-local, multicast, reserved) may not, in whatever form it is written, unless
its host is named: a descriptor from elsewhere must not reach what only this machine can see.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Resolve = Callable[[str], tuple[str, ...]]

SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
"""What begins an address (RFC 3986); one letter is a drive of Windows."""

SCHEMES = ("http", "https")
REFERENCES = ("schema", "dialect", "checklist", "pipeline", "transform", "profile")
"""Properties of a resource that may name a file or an address instead of holding an object."""

PROFILE = re.compile(
    r"https?://(?:datapackage\.org/profiles|specs\.frictionlessdata\.io/schemas)/", re.IGNORECASE
)
"""Profiles of the standard are names: they are kept with this program and never fetched."""


@dataclass(frozen=True)
class RemotePolicy:
    """What the user allows: nothing, public addresses, or besides these some hosts by name (`--allow-remote HOST`)."""

    allowed: bool = False
    hosts: frozenset[str] = field(default_factory=frozenset)


NO_REMOTE = RemotePolicy()


def is_remote(text: str) -> bool:
    """Return whether a text is an address (of any scheme) or names a host (`//host/path`), and no plain path."""
    found = SCHEME.match(text)
    return text.lstrip().startswith("//") or (found is not None and len(found[1]) > 1)


def refusal(url: str, policy: RemotePolicy = NO_REMOTE, resolve: Resolve | None = None) -> str | None:
    """Return why an address may not be asked for, in plain words; None when it may.

    Args:
        url: the address.
        policy: what the user allows.
        resolve: gives the IP addresses of a host; asks the system if not given, and only with permission.
    """
    parts, host = _parts(url)
    if parts is None:
        return "the remote URL is not a well-formed one, which is not allowed"
    if parts.scheme.lower() not in SCHEMES:
        return f"the scheme '{shown(parts.scheme)}' is not allowed: a remote URL must be http or https"
    if not policy.allowed:
        return "a remote URL is not allowed: download the file, or give --allow-remote if you trust the network address"
    if parts.username is not None or parts.password is not None:
        return "a URL with a user name or password is not allowed"
    if not host:
        return "the URL names no host"
    return None if host in policy.hosts else _about_host(host, resolve or _resolved)


def remote_references(descriptor: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the place and the text of every address in a descriptor that a reader of packages would fetch.

    Texts for people (homepage, licences, sources) are not fetched, nor are the profiles of the standard.
    """
    for key in REFERENCES:
        if isinstance(descriptor.get(key), str):
            yield from _if_remote(key, descriptor[key])
    resources = descriptor.get("resources")
    for number, resource in enumerate(resources if isinstance(resources, list) else []):
        if isinstance(resource, dict):
            yield from _of_resource(f"resources[{number}]", resource)
        elif isinstance(resource, str):
            yield from _if_remote(f"resources[{number}]", resource)


def _of_resource(place: str, resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("path", "url", "extrapaths", "profiles", *REFERENCES):
        value = resource.get(key)
        several = isinstance(value, list)
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, str):
                yield from _if_remote(f"{place}.{key}{f'[{number}]' if several else ''}", item)
    yield from _inside(f"{place}.schema", resource.get("schema"))


def _inside(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the `$ref`s of JSON Schemas inside a table schema."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in held:
        here = f"{place}[{key}]" if isinstance(key, int) else f"{place}.{shown(str(key))}"
        if key == "$ref" and isinstance(item, str):
            yield from _if_remote(here, item)
        else:
            yield from _inside(here, item)


def _if_remote(place: str, text: str) -> Iterator[tuple[str, str]]:
    if is_remote(text) and not (place.endswith(("profile", "profiles[0]")) and PROFILE.match(text)):
        yield place, text


def _parts(url: str) -> tuple[Any, str]:
    """Return an address in its parts (None: it is none) and its host, in lower case without a dot at its end."""
    if not url.isprintable() or "\\" in url or any(c.isspace() for c in url):
        return None, ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return None, ""
    return parts, host.rstrip(".").lower()


def _about_host(host: str, resolve: Resolve) -> str | None:
    literal = _literal(host)
    try:
        addresses = (literal,) if literal else resolve(host)
    except OSError:
        return f"the host '{shown(host)}' is not found on the network"
    if not addresses:
        return f"the host '{shown(host)}' has no address"
    if not all(_is_public(address) for address in addresses):
        return (
            f"the host '{shown(host)}' is this machine or in a private network (loopback, private, link-local or "
            f"reserved): not allowed unless it is named"
        )
    return None


def _literal(host: str) -> str | None:
    """Return the IP address that a host is, also where it is written as one number, in hexadecimal or in octal."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return _is_public(str(inner))
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return _is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


def _resolved(host: str) -> tuple[str, ...]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
