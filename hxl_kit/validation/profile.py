"""The Data Package profile of the standard, checked offline."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from hxl_kit.standard import schemas
from hxl_kit.validation.report import Issue

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 300


def profile_issues(descriptor: Mapping[str, Any]) -> list[Issue]:
    """Return what a descriptor lacks of the profile in `schemas/profile.json`."""
    errors = sorted(
        _validator().iter_errors(descriptor), key=lambda error: [str(part) for part in error.path]
    )
    return [Issue("profile", "error", "", _sentence(error.json_path, error.message)) for error in errors]


def follows_profile(descriptor: Mapping[str, Any]) -> bool:
    """Whether the descriptor says that hxl_kit wrote it; packages of others owe the profile nothing."""
    provenance = descriptor.get("provenance")
    return isinstance(provenance, dict) and provenance.get("tool") == "hxl_kit"


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(schemas.path_of("profile.json").read_text(encoding="utf-8")))


def _sentence(path: str, message: str) -> str:
    place = path.removeprefix("$").lstrip(".") or "datapackage.json"
    return f"{place}: {message if len(message) <= _LONGEST else message[:_LONGEST] + '…'}"
