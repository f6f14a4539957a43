"""Validate: a package or a bare table, by frictionless and by the standard's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.checks.theme import Context
from hxl_kit.gate import Request, frictionless_report
from hxl_kit.reading.packages import is_package
from hxl_kit.reading.remote import NO_REMOTE, RemotePolicy
from hxl_kit.validation.asked import Asked
from hxl_kit.validation.guarded import harmless_path
from hxl_kit.validation.hxl_schemas import SchemaFile
from hxl_kit.validation.packages import package_report, verdict_report
from hxl_kit.validation.selection import selected
from hxl_kit.validation.tables import table_report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hxl_kit.checks.own import OwnCheck
    from hxl_kit.gate import Memory
    from hxl_kit.validation.report import Report


def validate(
    path: Path,
    checks: Iterable[str],
    *,
    limit: int,
    sheet: str | None = None,
    encoding: str | None = None,
    remote: RemotePolicy = NO_REMOTE,
    memory: Memory | None = None,
    context: Context | None = None,
    hxl_schema: SchemaFile | None = None,
    rules: tuple[OwnCheck, ...] = (),
) -> Report:
    """Return the report on a package (a folder or its datapackage.json) or on a bare table.

    `checks` are names of sets or of single checks. `limit` bounds the listing, never the counts. `remote` says which
    addresses a package may name, and `memory` remembers what frictionless found clean. `hxl_schema` is a legacy HXL
    schema to hold tagged tables to, besides the checks, and `rules` are a user's own besides those of a package.

    Raises:
        InputError: nothing there can be read.
        UsageError: there is no such set or check.
    """
    chosen = selected(checks)
    if hxl_schema is not None:
        chosen = chosen.also("hxl-schema")
    asked = Asked(chosen, context or Context(), hxl_schema or SchemaFile(), rules)
    if chosen.only_frictionless:
        return verdict_report(harmless_path(path, remote), limit, memory, remote)
    if is_package(path):
        return package_report(path, asked, limit, memory=memory, remote=remote)
    return table_report(path, asked, limit, sheet=sheet, encoding=encoding)


def frictionless_json(path: Path, request: Request, remote: RemotePolicy = NO_REMOTE) -> dict[str, Any]:
    """Return what `frictionless validate PATH --json` prints.

    Raises:
        InputError: the path, or what a descriptor names, is not to be opened at all.
    """
    return frictionless_report(harmless_path(path, remote), request, remote).descriptor
