"""github: workflow commands, which GitHub shows as annotations beside the lines of a change.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.reporting.format import Format
from hxl_kit.reporting.locations import from_root, locations
from hxl_kit.reporting.words import SEVERITIES, place, told, totals_line, visible
from hxl_kit.standard.messages import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hxl_kit.validation.report import Report

SHOWN = 10
"""GitHub shows so many annotations of each kind for a step, and says nothing of the others."""

COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
UNSHOWN = N_(
    "GitHub shows the first {shown} of each kind; the step's log has {listed:,} of {count:,} findings"
)


def render(reports: Sequence[Report], language: str) -> str:
    """Return one annotation for each finding that is held, the gravest first, and a notice with the totals.

    The notice stands before the notes: of those, too, only the first few are shown.
    """
    lines: dict[str, list[str]] = {severity: [] for severity in SEVERITIES}
    for report in reports:
        for severity, line in _annotations(report, language):
            lines[severity].append(line)
    listed = sum(map(len, lines.values()))
    if not listed:
        return totals_line(reports, language)
    notice = _notice(reports, listed, language)
    return "\n".join([*lines["error"], *lines["warning"], notice, *lines["info"]])


def command(name: str, message: str, properties: Mapping[str, object]) -> str:
    """Return a workflow command; properties without a value are left out."""
    given = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in properties.items() if value)
    return f"::{name}{' ' if given else ''}{given}::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    """Return text with what would end a value or a line as %XX, and the percent sign first of all."""
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _annotations(report: Report, language: str) -> Iterator[tuple[str, str]]:
    """Yield each finding's severity and its command."""
    found = locations(report)
    for issue in report.issues:
        position = found.position(issue)
        properties = {
            "file": visible(from_root(found.file(issue)).as_posix()),
            "line": position and position.line,
            "col": position and position.column,
            "title": f"{visible(issue.rule)}: {issue.cell or place(issue, language)}",
        }
        sentences = (told(issue, language), visible(issue.way_out(language)))
        message = "\n".join(sentence for sentence in sentences if sentence)
        yield issue.severity, command(COMMANDS[issue.severity], message, properties)


def _notice(reports: Sequence[Report], listed: int, language: str) -> str:
    groups = [(severity, times) for report in reports for (severity, _, _), times in report.groups.items()]
    count = sum(times for _, times in groups)
    most = max(sum(times for each, times in groups if each == severity) for severity in SEVERITIES)
    sentences = [totals_line(reports, language)]
    if most > SHOWN or count > listed:
        sentences.append(say(UNSHOWN, language, {"shown": SHOWN, "listed": listed, "count": count}))
    return command("notice", "\n".join(sentences), {"title": "hxl-kit"})


FORMAT = Format("github", "workflow commands: annotations beside the lines of a change", render, ".txt")
