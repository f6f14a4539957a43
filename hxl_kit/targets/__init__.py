"""Targets: where packages are published to and pulled from, by the text of the command line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.errors import UsageError, nearest
from hxl_kit.targets.catalogue import CatalogueTarget

if TYPE_CHECKING:
    from hxl_kit.targets.target import Target

_SCHEMES = ("catalogue", "hdx")
_USUAL = "a target looks like catalogue:FOLDER"


def parse_target(text: str) -> Target:
    """Return the target that a text such as `catalogue:FOLDER` names; nothing is opened or written.

    Raises:
        UsageError: the text names no target of this version.
    """
    scheme, colon, place = text.partition(":")
    if scheme == "hdx":
        raise UsageError(f"{text}: publishing to HDX is not available in this version; {_USUAL}")
    if scheme != "catalogue":
        known = nearest(scheme, _SCHEMES) if colon else ""
        raise UsageError(f"{text}: not a target{known or '; ' + _USUAL}")
    if not place:
        raise UsageError(f"{text}: names no folder; {_USUAL}")
    return CatalogueTarget(_folder(text, place))


def _folder(text: str, place: str) -> Path:
    try:
        return Path(place).expanduser().absolute()
    except RuntimeError as error:
        raise UsageError(f"{text}: '~' names no home folder on this system; write the whole path") from error


def parse_dataset(text: str) -> tuple[Target, str]:
    r"""Return target and dataset name of `TARGET/DATASET`; `\` separates as well (`catalogue:C:\data\name`).

    Raises:
        UsageError: the text names no target, or no dataset on it.
    """
    found = re.fullmatch(r"(?P<target>.+?)[/\\]+(?P<name>[^/\\]+)[/\\]*", text, re.DOTALL)
    if not found:
        parse_target(text)
        raise UsageError(f"{text}: names no dataset; write catalogue:FOLDER/NAME")
    return parse_target(found["target"]), found["name"]
