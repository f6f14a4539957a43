"""`hxl-kit hdx-lists`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hxl_kit.cli.options import DebugOption, Format, FormatOption, QuietOption
from hxl_kit.cli.output import emit_columns, emit_json, say
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from hxl_kit.hdx.lists import HdxList


def command(
    name: Annotated[str | None, typer.Argument(help="A list, to see its rows.")] = None,
    refresh: Annotated[
        bool,
        typer.Option("--refresh", help="Ask a site for its tags, licences and locations, and keep them."),
    ] = False,
    to: Annotated[
        str, typer.Option("--to", metavar="hdx:SITE", help="The site that is asked (default hdx:prod).")
    ] = "hdx:prod",
    forget: Annotated[
        bool, typer.Option("--forget", help="Remove the refreshed lists; those that ship are used again.")
    ] = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List HDX's tags, formats, licences, frequencies and locations, or bring newer ones."""
    from hxl_kit.hdx import lists

    if refresh and forget:
        raise UsageError("--refresh and --forget: give one of them")
    if forget:
        say(f"forgotten: {', '.join(lists.forget()) or 'nothing was refreshed'}")
    if refresh:
        _refresh(to)
    found = [lists.hdx_list(each) for each in ([name] if name else lists.list_names())]
    if form is Format.JSON:
        emit_json([_as_json(listed) for listed in found])
    elif name:
        emit_columns([tuple(row.values()) for row in found[0].rows])
    else:
        emit_columns([_as_row(listed) for listed in found])


def _refresh(to: str) -> None:
    from hxl_kit.hdx import lists
    from hxl_kit.hdx.connection import Connection
    from hxl_kit.hdx.site import site_of

    scheme, _, place = to.partition(":")
    if scheme != "hdx" or not place:
        raise UsageError(f"--to {to}: is no site of HDX; write hdx:prod, or hdx: and an address")
    site = site_of(place)
    told = lists.refreshed(Connection(site).read, site.url, datetime.now(tz=UTC).date())
    lists.keep(told)
    say(f"refreshed from {site.url}: {', '.join(f'{len(each.rows):,} {each.name}' for each in told)}")


def _as_json(listed: HdxList) -> dict[str, Any]:
    return {
        "name": listed.name,
        "what": listed.what,
        "retrieved": listed.retrieved,
        "edition": listed.edition,
        "source": listed.source,
        "licence": listed.licence,
        "refreshed": listed.refreshed,
        "rows": [dict(row) for row in listed.rows],
    }


def _as_row(listed: HdxList) -> tuple[str, ...]:
    origin = "refreshed" if listed.refreshed else "shipped"
    return listed.name, f"{len(listed.rows):,} rows", f"{origin} {listed.retrieved}", listed.what
