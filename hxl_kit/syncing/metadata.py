"""HDX's metadata of a dataset as a data package says them, with a mark that nobody here vouches for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hxl_kit import __version__
from hxl_kit.hdx.finding import WORLD
from hxl_kit.reading.packages import MARK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.hdx.listed import ListedDataset
    from hxl_kit.hdx.site import Site

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

_RANGE = re.compile(r"\[(\d{4}-\d\d-\d\d)[^ ]* TO (\d{4}-\d\d-\d\d|\*).*\]")
_LICENCE = re.compile(r"[A-Za-z0-9._-]+")


def described_dataset(site: Site, listed: ListedDataset) -> dict[str, Any]:
    """Return the descriptor of a dataset without its resources: what HDX says of it, and where it is from.

    It has no sensitivity class: nobody here has looked at the data, and without one nothing is published.
    """
    said = listed.metadata
    described: dict[str, Any] = {
        "$schema": PROFILE,
        "name": listed.name,
        "title": _text(said, "title"),
        "description": _text(said, "notes"),
        "homepage": site.page_of(listed.name),
        "keywords": _named(said.get("tags")),
        "licenses": _licences(said),
        "contributors": _contributors(said),
        "sources": [{"title": title} for title in [_text(said, "dataset_source")] if title],
        "temporal": _temporal(_text(said, "dataset_date")),
        "spatial": _spatial(_named(said.get("groups"))),
        "methodology": _text(said, "methodology_other") or _text(said, "methodology"),
        "caveats": _text(said, "caveats"),
        MARK: {
            "trusted": False,
            "why": "the files are as their publisher left them on HDX; only their description is made here",
            "target": site.text,
            "dataset": listed.name,
            "id": listed.id,
            "described_by": f"hxl_kit {__version__}",
        },
    }
    return {key: value for key, value in described.items() if value not in ("", [], {})}


def _licences(said: Mapping[str, Any]) -> list[dict[str, str]]:
    name = _text(said, "license_id")
    if not _LICENCE.fullmatch(name):
        return []
    title = _text(said, "license_other") or _text(said, "license_title")
    url = _text(said, "license_url")
    entry = {"name": name, "title": title, "path": url if url.startswith(("http://", "https://")) else ""}
    return [{key: value for key, value in entry.items() if value}]


def _contributors(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    organisation = said.get("organization")
    title = _text(organisation, "title") if isinstance(organisation, dict) else ""
    return [{"title": title, "roles": ["publisher"]}] if title else []


def _temporal(text: str) -> dict[str, str]:
    found = _RANGE.fullmatch(text)
    if not found:
        return {}
    return {"start": found[1]} if found[2] == "*" else {"start": found[1], "end": found[2]}


def _spatial(locations: list[str]) -> dict[str, Any]:
    codes = [name.upper() for name in locations if name != WORLD]
    return {"locations": codes} if codes else {}


def _named(listed: Any) -> list[str]:
    found = [
        item.get("name") for item in (listed if isinstance(listed, list) else []) if isinstance(item, dict)
    ]
    return [name for name in found if isinstance(name, str) and name]


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    return value.strip() if isinstance(value, str) else ""
