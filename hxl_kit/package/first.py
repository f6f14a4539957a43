"""A first package.yaml, made from files, for its author to complete."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from hxl_kit.describe import describe_file
from hxl_kit.errors import UsageError
from hxl_kit.files import write_atomically
from hxl_kit.package.author import FILE_NAME
from hxl_kit.package.provider import package_name
from hxl_kit.sources import source, source_ids
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.tables import table_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CHOOSE = "CHOOSE"
_UNWRAPPED = 10_000
_HEAD = """# What this package is and where its rows come from; `hxl-kit build` reads it.
# Every entry is described in schemas/package.schema.json.
"""


_CLASS_POINT = "the sensitivity class, without which nothing is published"
_CLASS_HEAD = """# The sensitivity class, after your country's Information Sharing Protocol: take the # away and name one.
# Without it nothing is published; only low is."""


def write_first(files: Sequence[Path], folder: Path) -> tuple[Path, list[str]]:
    """Write `folder`/package.yaml; return its path and, in words, what is left to complete.

    Raises:
        UsageError: there is one already.
        InputError: a file cannot be read.
    """
    path = folder / FILE_NAME
    if path.exists():
        raise UsageError(f"{path}: exists already; change it, or name another folder")
    inputs, points = [], ["title, description, contributors and licence of your package", _CLASS_POINT]
    for file in files:
        entry, point = _input(file, folder)
        inputs.append(entry)
        points += [point] if point else []
    described = _described(folder, inputs)
    text = io.StringIO()
    yaml = YAML()
    yaml.width = _UNWRAPPED
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(described, text)
    write_atomically(path, (_HEAD + text.getvalue() + _classes()).encode())
    return path, points


def _classes() -> str:
    """Return the lines on the sensitivity class, as comments: nobody but the author can name it."""
    codes = codelist("sensitivity").codes
    lines = (f"#   {code.code:10}{code.description}" for code in codes)
    return "\n".join([_CLASS_HEAD, *lines, "# sensitivity:"]) + "\n"


def _input(file: Path, folder: Path) -> tuple[dict[str, str], str]:
    candidates = tuple(dict.fromkeys(c for described in describe_file(file) for c in described.candidates))
    certain = [c for c in candidates if c.certain]
    entry = {"path": _relative(file, folder)}
    if certain:
        return {**entry, certain[0].kind: certain[0].id}, ""
    maybe = (
        "; ".join(f"{c.kind} {c.id}: {c.reason}" for c in candidates) or "no source or table fits its columns"
    )
    known = f"sources {', '.join(source_ids())}; tables {', '.join(table_names())}"
    return {**entry, "source": _CHOOSE}, f"the source (or table) of {file.name} ({maybe}; known {known})"


def _relative(file: Path, folder: Path) -> str:
    """Return the path of a file as package.yaml writes it, with forward slashes; absolute on another drive."""
    try:
        return os.path.relpath(file, folder).replace(os.sep, "/")
    except ValueError:
        return file.absolute().as_posix()


def _described(folder: Path, inputs: list[dict[str, str]]) -> dict[str, Any]:
    known = [source(entry["source"]) for entry in inputs if entry.get("source", _CHOOSE) != _CHOOSE]
    first = known[0] if known else None
    return {
        "name": package_name(folder.absolute().name, first.id if first else "package"),
        "title": first.title if first else folder.absolute().name,
        "description": f"{first.title} by {first.provider}."
        if first
        else "What it holds, where from, for whom.",
        "version": "1.0.0",
        "licences": [{"name": first.licence, "path": first.licence_url} if first else {"name": "CC-BY-4.0"}],
        "contributors": [{"title": first.provider if first else "Your organisation", "roles": ["creator"]}],
        "inputs": inputs,
    }
