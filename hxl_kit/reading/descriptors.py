"""Descriptors: JSON that holds metadata, read whole within limits, without two meanings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Never

from hxl_kit.errors import InputError
from hxl_kit.files import require_plain_file
from hxl_kit.reading.limits import DESCRIPTOR_BYTES, DESCRIPTOR_LEVELS
from hxl_kit.reading.table import plain_words, shown

if TYPE_CHECKING:
    from pathlib import Path

TOO_DEEP = f"is nested too deeply, beyond {DESCRIPTOR_LEVELS} levels"


def read_json(file: Path) -> Any:
    """Return the value of a JSON file of metadata.

    Raises:
        InputError: it is no regular file, too large, not JSON in UTF-8, nested too deeply, or says a key twice.
    """
    if require_plain_file(file).stat().st_size > DESCRIPTOR_BYTES:
        raise InputError(
            f"{file}: is larger than {DESCRIPTOR_BYTES:,} bytes; a descriptor holds metadata only"
        )
    with plain_words(str(file)):
        return parse_json(file.read_bytes(), str(file))


def parse_json(content: bytes, label: str) -> Any:
    """Return the value of JSON text, which `label` names.

    Raises:
        InputError: it is not JSON in UTF-8, nested too deeply, or says a key twice.
    """
    try:
        value = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        raise InputError(f"{label}: is not UTF-8 text") from error
    except RecursionError as error:
        raise InputError(f"{label}: {TOO_DEEP}") from error
    except _DuplicateKeyError as error:
        raise InputError(
            f"{label}: has the duplicate key '{shown(str(error))}'; two readers would see two packages"
        ) from error
    except json.JSONDecodeError as error:
        raise InputError(f"{label}: is not JSON: {error.msg.lower()} at line {error.lineno}") from error
    except ValueError as error:
        raise InputError(f"{label}: is not JSON: {error}") from error
    if levels(value) > DESCRIPTOR_LEVELS:
        raise InputError(f"{label}: {TOO_DEEP}")
    return value


def levels(value: Any) -> int:
    """Return how many lists and objects lie inside one another in a value, at the deepest place."""
    depth, layer = 0, [value]
    while layer := [item for item in layer if isinstance(item, dict | list)]:
        depth += 1
        layer = [inner for item in layer for inner in (item.values() if isinstance(item, dict) else item)]
    return depth


class _DuplicateKeyError(ValueError):
    """An object says a key twice."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _DuplicateKeyError(key)
        found[key] = value
    return found


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is no JSON value")
