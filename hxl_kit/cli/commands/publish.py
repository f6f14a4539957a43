"""`hxl-kit publish`."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.confirming import confirm
from hxl_kit.cli.options import (
    DebugOption,
    Format,
    FormatOption,
    MaintainerOption,
    OrganisationOption,
    QuietOption,
)
from hxl_kit.cli.output import emit, emit_json, say
from hxl_kit.cli.progress import bytes_sent
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.targets import Publisher
    from hxl_kit.targets.plan import Plan


def command(
    packages: Annotated[
        list[Path] | None, typer.Argument(metavar="PKG...", help="Packages, or folders of packages.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="Where to publish: catalogue:DIR, hdx:stage, or a name of hxl-kit.toml."),
    ] = None,
    saved: Annotated[
        Path | None, typer.Option("--plan", help="What `hxl-kit plan` saved with -o or --bundle.")
    ] = None,
    organisation: OrganisationOption = "",
    maintainer: MaintainerOption = "",
    after_withdrawal: Annotated[
        bool, typer.Option("--after-withdrawal", help="Publish again what was withdrawn.")
    ] = False,
    replace_quarantined: Annotated[
        bool, typer.Option("--replace-quarantined", help="On HDX: send files anew that HDX keeps back.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Publish without asking.")] = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Publish packages: show the plan, ask, apply, verify. Nothing to do means nothing is written.

    What may harm people, or breaks a source's terms, is refused before anything is written: docs/clearance.md.
    """
    from hxl_kit.publishing import apply_plans, require_all_cleared, require_asked
    from hxl_kit.targets import Publisher, parse_target

    # What a site was asked for one package need not be asked for the next.
    target_of = cache(parse_target)
    with ExitStack() as open_files, bytes_sent() as progress:
        publisher = Publisher(organisation, maintainer, replace_quarantined, progress)
        plans = _plans(packages or [], to, saved, publisher, open_files)
        require_all_cleared(plans)
        require_asked(plans, after_withdrawal=after_withdrawal)
        _ask(plans, yes=yes)
        outcomes = apply_plans(
            plans,
            lambda plan: target_of(plan.target, _publisher_of(plan, publisher)),
            after_withdrawal=after_withdrawal,
        )
    if len(outcomes.each) == 1 and (error := outcomes.each[0].error):
        raise error
    if form is Format.JSON:
        emit_json([outcome.as_json() for outcome in outcomes.each])
    else:
        emit(outcomes.as_text())
    if outcomes.code:
        raise typer.Exit(outcomes.code)


def _plans(
    packages: list[Path], to: str | None, saved: Path | None, publisher: Publisher, open_files: ExitStack
) -> Sequence[Plan]:
    from hxl_kit.publishing import make_plans, opened_bundle, packages_in, read_plan, remarks
    from hxl_kit.publishing.bundle import SUFFIX
    from hxl_kit.reading.packages import read_package
    from hxl_kit.settings import find_settings
    from hxl_kit.targets import parse_target

    if saved is not None:
        if packages or to:
            raise UsageError("publish: a saved plan names its package and target; give --plan alone")
        is_bundle = saved.suffix.lower() == SUFFIX
        return [open_files.enter_context(opened_bundle(saved)) if is_bundle else read_plan(saved)]
    if not packages:
        raise UsageError("publish: give packages and --to TARGET, or --plan FILE")
    target = parse_target(find_settings(Path.cwd()).target(to), publisher)
    found = packages_in(packages)
    plans = make_plans(found, target)
    for remark in (told for path in found for told in remarks(read_package(path))):
        say(remark)
    return plans


def _publisher_of(plan: Plan, asked: Publisher) -> Publisher:
    """Return who publishes: those that the plan was made for."""
    from dataclasses import replace

    named = plan.publisher
    return replace(asked, organisation=named.get("organisation", ""), maintainer=named.get("maintainer", ""))


def _ask(plans: Sequence[Plan], *, yes: bool) -> None:
    if any(plan.changes for plan in plans):
        for plan in plans:
            say(plan.as_text())
        confirm("publish", "Publish this?", yes=yes)
