"""`hxl-kit checks`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit, emit_columns, emit_json
from hxl_kit.errors import UsageError, nearest

if TYPE_CHECKING:
    from hxl_kit.checks.rule import Check
    from hxl_kit.validation.catalogue import CheckSet


def command(
    name: Annotated[
        str | None, typer.Argument(help="A set, or the slug of a check, to see all of it.")
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="en, fr or ar.")] = "en",
    digest: Annotated[
        bool, typer.Option("--digest", help="Only the digest of the rule set, which hxl-kit.toml can pin.")
    ] = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List the checks: what each says, why it matters and on what grounds, and what to do."""
    from hxl_kit.validation.catalogue import check_sets
    from hxl_kit.validation.ruleset import ruleset_digest

    if digest:
        emit(ruleset_digest())
        return
    found = _chosen(name, check_sets())
    if form is Format.JSON:
        emit_json([_described(each.name, check, language) for each in found for check in each.checks])
    elif name:
        emit("\n\n".join(_in_words(each.name, check, language) for each in found for check in each.checks))
    else:
        emit_columns(
            [(each.name, f"{len(each.checks)} checks", _said(each.title, language)) for each in found]
        )


def _chosen(name: str | None, sets: tuple[CheckSet, ...]) -> list[CheckSet]:
    """Return the sets to show: all, one by its name, or the one check of a slug.

    Raises:
        UsageError: the name is neither.
    """
    from dataclasses import replace

    if name is None or any(each.name == name for each in sets):
        return [each for each in sets if name in (None, each.name)]
    found = [
        replace(each, checks=tuple(c for c in each.checks if c.slug == name))
        for each in sets
        if any(c.slug == name for c in each.checks)
    ]
    if not found:
        known = [*(each.name for each in sets), *(c.slug for each in sets for c in each.checks)]
        raise UsageError(f"no set of checks and no check '{name}'{nearest(name, known)}")
    return found


def _said(words: str, language: str) -> str:
    from hxl_kit.standard.messages import say

    return say(words, language)


def _described(set_name: str, check: Check, language: str) -> dict[str, str]:
    words = {key: _said(text, language) for key, text in asdict(check).items() if key in _WORDS}
    return {"set": set_name, **asdict(check), **words}


_WORDS = ("message", "reason", "fix")


def _in_words(set_name: str, check: Check, language: str) -> str:
    told = _described(set_name, check, language)
    lines = [f"{told['slug']} ({told['severity']}, set {set_name})", f"  {told['message']}"]
    return "\n".join([*lines, f"  {told['reason']} [{told['source']}]", f"  → {told['fix']}"])
