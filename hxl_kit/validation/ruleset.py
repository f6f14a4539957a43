"""Which rules these are: a digest that a repository of packages can pin, so that they do not change unnoticed."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit import __version__
from hxl_kit.errors import UsageError, nearest
from hxl_kit.places.gazetteer.store import added_ids, built_in_ids
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOMS = ("checks", "gate", "hxl_schema", "validation")
"""The rooms that judge."""

NO_RULES = (
    "crosswalks",
    "forms",
    "gazetteers",
    "hdx",
    "locale",
    "hxl-kit.schema.json",
    "package.schema.json",
)
"""What of the standard no rule goes by; gazetteers are pinned by themselves, and wording is no rule."""

DIGITS = 12


@cache
def ruleset_digest() -> str:
    """Return 12 hexadecimal digits that name the rule set: of the code that judges and of the standard's files.

    The same on every system; another where a rule, a code list or a table of the standard is.
    """
    digest = hashlib.sha256()
    for name, path in sorted(_files()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()[:DIGITS]


def _files() -> Iterator[tuple[str, Path]]:
    code, standard = Path(__file__).parents[1], schemas.root()
    for room in ROOMS:
        for path in (code / room).rglob("*.py"):
            yield f"code/{path.relative_to(code).as_posix()}", path
    for path in standard.rglob("*"):
        place = path.relative_to(standard)
        if path.is_file() and place.parts[0] not in NO_RULES and not path.name.startswith("."):
            yield f"standard/{place.as_posix()}", path


def require_ruleset(pinned: str | None, place: str) -> None:
    """Pass if a pinned rule set is the installed one, or none is pinned; `place` says where it is.

    Raises:
        UsageError: it is another.
    """
    if pinned is not None and pinned != ruleset_digest():
        raise UsageError(
            f"{place}: pins the rule set {pinned}, this hxl_kit {__version__} has {ruleset_digest()}: install the "
            f'hxl_kit that it was pinned with, or accept the new rules with version = "{ruleset_digest()}" '
            "(`hxl-kit checks` lists them)"
        )


def require_gazetteers(ids: Sequence[str], place: str) -> None:
    """Pass if all releases of gazetteers are there, built in or added; `place` says where they are pinned.

    Raises:
        UsageError: one is not.
    """
    known = (*built_in_ids(), *added_ids())
    for name in ids:
        if name not in known:
            raise UsageError(
                f"{place}: pins the gazetteer release '{name}', which is not there{nearest(name, known)}; "
                "add it (`hxl-kit gazetteers`), or pin one of those that are"
            )
