"""What the bytes of a file on HDX are held against where no SHA-256 is known: being no web page, and an MD5 that is claimed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SNIFFED_BYTES = 2048
"""So much of a file's beginning tells whether it is a web page."""

_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_MD5 = re.compile(r"[0-9a-f]{32}")
_HASHED_OTHERWISE = frozenset({"xlsx", "xls", "zip"})
"""Formats whose `hash` hdx-python-api works out from the content (cells, checksums of members), not from the bytes."""


def is_web_page(start: bytes) -> bool:
    """Return whether a file that begins so is a web page: an error's, a sign-in's, or one that was asked for."""
    return bool(_PAGE.match(start[:SNIFFED_BYTES]))


def claimed_md5(resource: Mapping[str, Any]) -> str:
    """Return the MD5 of the bytes that a resource claims, as hdx-python-api writes it; "" if it claims none."""
    claim = str(resource.get("hash") or "")
    form = str(resource.get("format") or "").lower()
    return claim if _MD5.fullmatch(claim) and form not in _HASHED_OTHERWISE else ""
