"""`hxl-kit sync`."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from hxl_kit.cli.confirming import confirm
from hxl_kit.cli.options import DebugOption, Format, FormatOption, OutOption, QuietOption
from hxl_kit.cli.output import emit_as, say
from hxl_kit.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hxl_kit.hdx.finding import Question
    from hxl_kit.syncing.offers import Supply

MOST_JOBS = 16


def command(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="hdx:SITE or catalogue:DIR", show_default=False)
    ],
    out: OutOption,
    organisation: Annotated[
        str, typer.Option("--organisation", help="Datasets of an organisation, by name.")
    ] = "",
    location: Annotated[str, typer.Option("--location", help="Datasets on a country (ISO3), or world.")] = "",
    tag: Annotated[str, typer.Option("--tag", help="Datasets with a tag.")] = "",
    query: Annotated[str, typer.Option("--query", help="Datasets that HDX's search finds.")] = "",
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=MOST_JOBS, help="How many datasets at once.")] = 4,
    by_hash: Annotated[
        bool, typer.Option("--verify", help="Look at every byte of what is here, not at size and time.")
    ] = False,
    outside: Annotated[
        bool,
        typer.Option("--outside", help="Ask other hosts too whether the files that HDX refers to changed."),
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove what was deleted or withdrawn upstream, after asking.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Prune without asking.")] = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Bring many datasets here and keep them up to date: what changed alone, each whole or not at all."""
    from hxl_kit.cli.watching import datasets_synced
    from hxl_kit.hdx.finding import Question
    from hxl_kit.syncing import sync
    from hxl_kit.syncing.running import prune as prune_gone

    question, stop = Question(organisation, location, tag, query), Event()
    with datasets_synced() as (watch, progress):
        supply = _supply(target, question, progress, stop)
        done = sync(supply, out, jobs=jobs, by_hash=by_hash, outside=outside, watch=watch, stop=stop)
    emit_as(form, done)
    if prune and done.gone:
        confirm("sync", f"Remove from {out}: {', '.join(done.gone)}?", yes=yes)
        prune_gone(done)
        say(f"removed: {', '.join(done.gone)}")
    if done.counts["failed"]:
        raise typer.Exit(ExitCode.TARGET)


def _supply(text: str, question: Question, progress: Callable[[int], None], stop: Event) -> Supply:
    """Return where the datasets come from.

    Raises:
        UsageError: a catalogue is asked to choose by what it does not know.
    """
    from hxl_kit.syncing.catalogue_supply import CatalogueSupply
    from hxl_kit.syncing.hdx_supply import HdxSupply
    from hxl_kit.targets import parse_target
    from hxl_kit.targets.catalogue import CatalogueTarget

    target = parse_target(text)
    if isinstance(target, CatalogueTarget):
        if asked := ", ".join(f"--{name}" for name in question.as_json()):
            raise UsageError(
                f"sync: a catalogue knows no {asked}; leave it out: all its datasets are brought"
            )
        return CatalogueSupply(target)
    from hxl_kit.hdx.connection import Connection
    from hxl_kit.hdx.site import site_of

    return HdxSupply(Connection(site_of(text.partition(":")[2])), question, progress=progress, stop=stop)
