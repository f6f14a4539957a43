"""The metadata of a package made straight from a provider's files, without a package.yaml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hxl_kit.package.author import Authored, Input, Options

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.sources.definition import Source


def authored_by_source(source: Source, inputs: tuple[Input, ...], out: Path, options: Options) -> Authored:
    """Return what a package.yaml would say: named after the folder `out`, on the source's terms."""
    releases = ", ".join(dict.fromkeys(entry.release for entry in inputs if entry.release))
    return Authored(
        name=package_name(out.absolute().name, source.id),
        title=f"{source.title}{', ' + releases if releases else ''}",
        version=releases or "0",
        licences=(
            _filled({"name": source.licence, "title": source.licence_title, "path": source.licence_url}),
        ),
        contributors=(_filled({"title": source.provider, "path": source.url, "roles": ["creator"]}),),
        inputs=inputs,
        description=f"{source.title} by {source.provider}, in the tables of hxl_kit. {source.terms}",
        options=options,
    )


def _filled(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value}


def package_name(folder: str, source_id: str) -> str:
    """Return a package name (a slug) from a folder's name, made longer by the source's id if it is short."""
    slug = _slug(folder)
    return slug if len(slug) > 2 else _slug(f"{source_id}-{slug}")  # noqa: PLR2004


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:100]
