"""JSON Schemas from a package: nothing is fetched for them, and their patterns end in bounded time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from jsonschema import Draft7Validator, SchemaError, ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import extend, validator_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST = 300
SCHEMA_DEPTH = 60
MOST_REFERENCES = 10_000
MOVING = ("$dynamicRef", "$recursiveRef")


class UnboundedError(Exception):
    """A JSON Schema cannot be judged within bounds; the message says why."""


@dataclass
class Judge:
    """A JSON Schema at work: `left` counts the references it may still follow, against schemas that unfold."""

    validator: Any = None
    left: int = 0

    def errors(self, instance: Any) -> list[ValidationError]:
        """Return what an instance breaks.

        Raises:
            UnboundedError: the schema cannot be followed within bounds.
        """
        self.left = MOST_REFERENCES
        try:
            return list(self.validator.iter_errors(instance))
        except UnboundedError:
            raise
        except Exception as error:
            # A schema of strangers can make the library fail in any way: endless recursion, dangling references.
            raise UnboundedError(f"cannot be followed ({type(error).__name__})") from error

    def follow(self, validator: Any, reference: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        """Follow a reference as the library does, and count it."""
        self.left -= 1
        if self.left < 0:
            raise UnboundedError(f"follows more than {MOST_REFERENCES:,} references")
        yield from Draft7Validator.VALIDATORS["$ref"](validator, reference, instance, schema) or ()


def trusted(schema: Mapping[str, Any]) -> Judge:
    """Return the judge of a bundled profile."""
    return Judge(validator_for(schema, default=Draft7Validator)(schema))


def bounded(schema: Any) -> Judge:
    """Return the judge of a JSON Schema that came with the data.

    Raises:
        UnboundedError: it is no JSON Schema, is nested too deeply, refers to another document, or has a
            pattern whose time has no bound.
    """
    if not isinstance(schema, dict):
        raise UnboundedError("is not an object")
    for key, value in _walk(schema, SCHEMA_DEPTH):
        if key in MOVING or (key == "$ref" and not str(value).startswith("#")):
            raise UnboundedError("refers to another document, which is never fetched")
        if key == "pattern" and isinstance(value, str):
            _require_bounded(value)
        if key == "patternProperties" and isinstance(value, dict):
            raise UnboundedError("has patternProperties, whose time has no bound")
    given = validator_for(schema, default=Draft7Validator)
    try:
        given.check_schema(schema)
    except SchemaError as error:
        raise UnboundedError(f"is not a JSON Schema: {sentence(error)}") from error
    judge = Judge()
    judge.validator = extend(given, {"pattern": _pattern, "$ref": judge.follow})(schema)
    return judge


def sentence(error: ValidationError | SchemaError) -> str:
    """Return where and what: the innermost cause, in one printable line that is not too long."""
    inner = best_match([error])
    place = inner.json_path.removeprefix("$").lstrip(".")
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in f"{place}: {inner.message}")
    text = text.removeprefix(": ")
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _walk(node: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if depth == 0:
        raise UnboundedError(f"is nested more than {SCHEMA_DEPTH} deep")
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, value
            yield from _walk(value, depth - 1)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value, depth - 1)


def _require_bounded(pattern: str) -> None:
    """Refuse what an engine without backtracking cannot compile (look-around, back references).

    Raises:
        UnboundedError: it is such a pattern.
    """
    try:
        _matches(pattern, "")
    except pl.exceptions.ComputeError as error:
        raise UnboundedError("has a pattern whose time has no bound") from error


def _matches(pattern: str, text: str) -> bool:
    return bool(pl.Series([text]).str.contains(pattern)[0])


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError("does not match the pattern")
