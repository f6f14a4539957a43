"""Files of text that are no tables: read-me files, web pages, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.screening.finding import Finding, Rows
from hxl_kit.screening.texts import in_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINE_CHARACTERS = 10_000
"""A line is looked at in parts of this length: some files are one line."""


def screen_text(file: Path, resource: str) -> Iterator[Finding]:
    """Yield what the lines of a text file hold, each kind once with the numbers of its lines.

    Args:
        file: the file, in UTF-8; what is no UTF-8 is passed over.
        resource: what the findings call it.
    """
    found: dict[str, Finding] = {}
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            for start in range(0, len(line), LINE_CHARACTERS):
                part = line[start : start + LINE_CHARACTERS]
                for finding in in_text(part, resource, "", "cells", Rows(1, (number,))):
                    found[finding.kind] = _added(found.get(finding.kind), finding)
    yield from found.values()


def _added(before: Finding | None, finding: Finding) -> Finding:
    if before is None:
        return finding
    rows = before.rows + finding.rows
    params = {**before.params, "count": rows.count}
    return Finding(before.slug, before.severity, before.resource, "", rows, before.kind, "cells", params)
