"""Package descriptors: their free text may name people; contributors are there because they agreed to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hxl_kit.screening.texts import in_text, safe_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hxl_kit.screening.finding import Finding

AGREED = frozenset({"contributors", "maintainer", "maintainers", "author"})
"""Properties that hold the names and addresses of people who agreed to stand there (Data Package, contributors)."""

SIGNED = re.compile(r"waivers\[\d+\]\.who")
"""Who answers for a waiver: it is to be seen."""


def screen_descriptor(descriptor: Mapping[str, Any], resource: str = "datapackage.json") -> Iterator[Finding]:
    """Yield what the texts of a descriptor hold, contributors left out; a finding's column is the property's path."""
    for path, text in _texts(descriptor, ""):
        yield from in_text(text, resource, path, "descriptor")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if not SIGNED.fullmatch(path):
            yield path, value
    elif isinstance(value, dict):
        for number, (key, inner) in enumerate(value.items(), 1):
            if not path and key in AGREED:
                continue
            name = safe_name(str(key), f"property {number}")
            if name != str(key):
                yield f"{path}.{name}".lstrip("."), str(key)
            yield from _texts(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{number}]")
