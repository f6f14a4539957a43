"""Rules on names and paths: they ask nothing of the files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hxl_kit.reading.table import shown
from hxl_kit.validation.report import Issue
from hxl_kit.validation.strict.parts import part_of, resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.parts import Resource

PLAIN_NAME = re.compile(r"[a-z0-9._-]+")
REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
HIDDEN = re.compile(r"\.[^.].*|\.\..+", re.DOTALL)
KNOWN_PROFILES = re.compile(r"[a-z-]+")


def hidden_paths(package: Package) -> Iterator[Issue]:
    """Yield the paths with a hidden part, which v2 forbids (glossary, "URL or Path")."""
    for resource in resources_of(package):
        for place, path in _paths(resource):
            if not REMOTE.match(path) and any(HIDDEN.fullmatch(part) for part in path.split("/")):
                yield Issue(
                    "hidden-path",
                    "error",
                    resource.name,
                    f"{place}: '{shown(path)}' has a part that begins with a dot, which hides it",
                    fix="name files and folders without a leading dot",
                )


def _paths(resource: Resource) -> Iterator[tuple[str, str]]:
    for path in resource.paths:
        yield f"{resource.place}.path", path
    for key in ("schema", "dialect", "profile", "$schema"):
        given: Any = resource.descriptor.get(key)
        if isinstance(given, str) and not KNOWN_PROFILES.fullmatch(given):
            yield f"{resource.place}.{key}", given


def unread_parts(package: Package) -> Iterator[Issue]:
    """Yield schemas and dialects in files that could not be read: nothing of them is checked."""
    for resource in resources_of(package):
        for key in ("schema", "dialect"):
            if part_of(package, resource.descriptor, key) is None:
                message = f"{resource.place}.{key}: could not be read; nothing of it was checked"
                yield Issue("not-checked", "warning", resource.name, message)


def path_lists(package: Package) -> Iterator[Issue]:
    """Yield path lists that mix addresses and files, or are empty (Data Resource, "Multiple Files")."""
    for resource in resources_of(package):
        given = resource.descriptor.get("path")
        if not isinstance(given, list):
            continue
        remote = {bool(REMOTE.match(path)) for path in resource.paths}
        problem = "is empty" if not given else "mixes addresses and files" if len(remote) > 1 else ""
        if problem:
            yield Issue("path-list", "error", resource.name, f"{resource.place}.path: {problem}")


def resource_names(package: Package) -> Iterator[Issue]:
    """Yield names that are missing or used twice (MUST), or not plain lower case (SHOULD; Data Resource, "name")."""
    seen: set[str] = set()
    for resource in resources_of(package):
        name = resource.descriptor.get("name")
        if not isinstance(name, str) or not name:
            yield Issue("resource-name", "error", resource.name, f"{resource.place}: has no name")
        elif name in seen:
            yield Issue(
                "resource-name",
                "error",
                resource.name,
                f"{resource.place}: the name is used twice: {shown(name)}",
            )
        elif not PLAIN_NAME.fullmatch(name):
            yield Issue(
                "resource-name",
                "warning",
                resource.name,
                f"{resource.place}: the name '{shown(name)}' should be of lower-case letters a–z, digits, '.', '-', '_'",
            )
        seen.add(str(name))
