"""Whose files they are: what `sync` described for others to read is not published again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.clearance.outcome import objection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.clearance.outcome import Objection
    from hxl_kit.reading.packages import Package


def origin_objections(package: Package) -> Iterator[Objection]:
    """Yield an objection if the package only describes files of another publisher."""
    if package.is_described_only:
        yield objection("described-only")
