"""Targets: where packages are published to and pulled from, by the text of the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.errors import UsageError, nearest
from hxl_kit.targets.catalogue import CatalogueTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from hxl_kit.targets.target import Target

SCHEMES = ("catalogue", "hdx")
_USUAL = "a target looks like catalogue:FOLDER or hdx:stage"


@dataclass(frozen=True)
class Publisher:
    """Who publishes on HDX, by names; "" for those that each package names.

    Attributes:
        organisation: the organisation.
        maintainer: the user who answers for the data.
        replaces_quarantined: whether files that HDX keeps back may be sent anew.
        progress: told of the bytes sent.
    """

    organisation: str = ""
    maintainer: str = ""
    replaces_quarantined: bool = False
    progress: Callable[[int], None] | None = field(default=None, compare=False)


def parse_target(text: str, publisher: Publisher | None = None) -> Target:
    """Return the target that a text such as `catalogue:FOLDER` or `hdx:stage` names; nothing is opened or written.

    Raises:
        UsageError: the text names no target of this version.
    """
    scheme, colon, place = text.partition(":")
    if scheme not in SCHEMES:
        known = nearest(scheme, SCHEMES) if colon else ""
        raise UsageError(f"{text}: not a target{known or '; ' + _USUAL}")
    if not place:
        raise UsageError(f"{text}: names no {'folder' if scheme == 'catalogue' else 'site'}; {_USUAL}")
    return _hdx(place, publisher or Publisher()) if scheme == "hdx" else CatalogueTarget(_folder(text, place))


def _hdx(place: str, publisher: Publisher) -> Target:
    # HDX's own library takes a while to load, and whoever uses a catalogue needs none of it.
    from hxl_kit.hdx.site import site_of
    from hxl_kit.targets.hdx import HdxTarget

    return HdxTarget(
        site_of(place),
        publisher.organisation,
        publisher.maintainer,
        publisher.replaces_quarantined,
        publisher.progress,
    )


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
        raise UsageError(f"{text}: names no dataset; write catalogue:FOLDER/NAME or hdx:stage/NAME")
    return parse_target(found["target"]), found["name"]
