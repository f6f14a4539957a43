"""json: for programs; one object for one path, a list for several."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from hxl_kit.reporting.format import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.validation.report import Report

_BEYOND_ASCII = re.compile(r"[^\n -~]")


def render(reports: Sequence[Report], language: str) -> str:
    """Return the reports as the documented JSON, two spaces; what steers a terminal or hides is escaped."""
    described = [report.as_json(language) for report in reports]
    text = json.dumps(described[0] if len(described) == 1 else described, ensure_ascii=False, indent=2)
    return _BEYOND_ASCII.sub(lambda found: found[0] if found[0].isprintable() else _escaped(found[0]), text)


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1]


FORMAT = Format(
    "json", "for programs: every finding that is listed, and the complete counts", render, ".json"
)
