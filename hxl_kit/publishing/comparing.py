"""Comparing packages wherever they are: on this machine, served by a target, or kept by it."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.package.diff import diff_packages
from hxl_kit.reading.packages import read_package
from hxl_kit.targets import SCHEMES, parse_dataset
from hxl_kit.targets.target import require_not_withdrawn
from hxl_kit.targets.versions import version_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.package.difference import PackageDiff
    from hxl_kit.reading.packages import Package

_ON_TARGET = re.compile(rf"(?:{'|'.join(SCHEMES)}):.")


def diff_places(old: str, new: str) -> PackageDiff:
    """Return what the package at one place has that the one at another has not, and the other way round.

    A place is a path, or `TARGET/DATASET` for what is served, `TARGET/DATASET@VERSION` for a version that is kept.

    Raises:
        UsageError: there is no such dataset or version.
        InputError: a path holds no package, or a table is not CSV in UTF-8.
        TargetError: a target is unreachable, or the version was withdrawn or is damaged.
    """
    with ExitStack() as opened:
        before, after = (opened.enter_context(_package_at(place)) for place in (old, new))
        return diff_packages(before, after)


@contextmanager
def _package_at(place: str) -> Iterator[Package]:
    if not _ON_TARGET.match(place) or Path(place).exists():
        yield read_package(Path(place))
        return
    target, named = parse_dataset(place)
    name, _, version = named.partition("@")
    state = version_named(target, name, version or None)
    require_not_withdrawn(target.text, state)
    with target.opened(state) as package:
        yield package
