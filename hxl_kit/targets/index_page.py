"""index.html: what catalogue.json serves, as one page for people; no script, nothing from elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.targets.target import count_text, size_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template

    from hxl_kit.targets.ledger import Entry, Ledger, Version
    from hxl_kit.targets.tombstone import Tombstone

INDEX = "index.html"
_TEMPLATES = Path(__file__).with_name("templates")
_COMPANIONS = {"CSV": "", "HXL CSV": "-hxl", "Parquet": "-parquet"}


@dataclass(frozen=True)
class Link:
    """A download: its label, address relative to the page, and size for people."""

    label: str
    address: str
    size: str


@dataclass(frozen=True)
class TableLine:
    """A table of a package with its downloads, one per format or None."""

    name: str
    title: str
    rows: str
    links: tuple[Link | None, ...]


@dataclass(frozen=True)
class Card:
    """A version of a package as the page shows it."""

    version: Version
    size: str
    period: tuple[str, ...]
    licences: tuple[tuple[str, str], ...]
    tables: tuple[TableLine, ...]
    others: tuple[Link, ...]


def render_index(ledger: Ledger) -> bytes:
    """Return the page; the same ledger gives the same bytes."""
    datasets = sorted(
        ledger.datasets.values(), key=lambda versions: (versions[0].title.casefold(), versions[0].name)
    )
    packages = [
        (
            _card(versions[0]),
            [_card(version) for version in versions[1:]],
            ledger.tombstones(versions[0].name),
        )
        for versions in datasets
    ]
    page = _template().render(
        packages=packages,
        withdrawn=_withdrawn(ledger),
        formats=tuple(_COMPANIONS),
        count=count_text(len(packages), "data package"),
        updated=max((versions[0].published_at for versions in datasets), default=""),
    )
    return page.encode()


def _withdrawn(ledger: Ledger) -> list[tuple[Tombstone, ...]]:
    """Return the tombstones of the datasets that are not served any more, by title."""
    gone = (each for name, each in ledger.withdrawn.items() if name not in ledger.datasets)
    return sorted(gone, key=lambda each: (each[0].title.casefold(), each[0].name))


@cache
def _template() -> Template:
    from hxl_kit.pages import page_template

    filters = {"day": lambda moment: moment[:10], "paragraphs": _paragraphs}
    return page_template(_TEMPLATES / f"{INDEX}.j2", filters)


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text (a blank line parts them), each in one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _card(version: Version) -> Card:
    shown = {f"{name}{suffix}" for name in version.rows for suffix in _COMPANIONS.values()}
    return Card(
        version=version,
        size=size_text(version.bytes),
        period=tuple(dict.fromkeys(version.temporal[n] for n in ("start", "end") if n in version.temporal)),
        licences=tuple(_licence(entry) for entry in version.licenses),
        tables=tuple(_table_line(version, name, rows) for name, rows in version.rows.items()),
        others=tuple(_other_link(version, entry) for entry in version.files if entry.resource not in shown),
    )


def _licence(entry: Mapping[str, str]) -> tuple[str, str]:
    """Return a licence's title and its address, "" unless that leads to the web."""
    path = entry.get("path", "")
    return entry.get("title") or entry.get("name", ""), path if path.startswith(
        ("https://", "http://")
    ) else ""


def _table_line(version: Version, name: str, rows: int) -> TableLine:
    entries = {entry.resource: entry for entry in version.files}
    found = [(label, entries.get(f"{name}{suffix}")) for label, suffix in _COMPANIONS.items()]
    links = tuple(_link(version, entry, label) if entry else None for label, entry in found)
    return TableLine(name, entries[name].title or name, f"{rows:,}", links)


def _other_link(version: Version, entry: Entry) -> Link:
    label = DESCRIPTOR if entry.path == DESCRIPTOR else entry.title or entry.path
    return _link(version, entry, "Excel workbook" if entry.format == "xlsx" else label)


def _link(version: Version, entry: Entry, label: str) -> Link:
    return Link(label, quote(f"{version.folder}/{entry.path}"), size_text(entry.bytes))
