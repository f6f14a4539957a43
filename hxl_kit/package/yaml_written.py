"""package.yaml as it is written for somebody to go on with: entries, and remarks as comments."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_UNWRAPPED = 10_000


def yaml_of(values: Mapping[str, Any]) -> str:
    """Return entries as YAML in their order; texts of several lines stand as they are read. No entries: ""."""
    if not values:
        return ""
    text = io.StringIO()
    yaml = YAML()
    yaml.width = _UNWRAPPED
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_readable(values), text)
    return text.getvalue()


def comment(lines: Iterable[str], indent: str = "") -> str:
    """Return lines as comments; what is no printable character cannot end a comment."""
    clean = ("".join(c if c.isprintable() else " " for c in line).rstrip() for line in lines)
    return "".join(f"{indent}# {line}\n" for line in clean)


def _readable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _readable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(entry) for entry in value]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value
