"""`hxl-kit gazetteers`."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hxl_kit.cli.options import DebugOption, EncodingOption, Format, FormatOption, QuietOption, SheetOption
from hxl_kit.cli.output import emit_columns, emit_json, say
from hxl_kit.errors import DataError, InputError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from hxl_kit.places.gazetteer.store import Release

_SHOWN = 3
_HASH = 12
_UNSAID = "not stated"


def command(
    add: Annotated[
        Path | None,
        typer.Option(
            "--add", metavar="FILE", help="A country's COD-AB or COD-PS table to put into the store."
        ),
    ] = None,
    country: Annotated[
        str | None,
        typer.Option("--country", metavar="ISO3", help="Of which country; lists only its releases."),
    ] = None,
    release: Annotated[
        str | None, typer.Option("--release", metavar="TEXT", help="What to call the added release.")
    ] = None,
    licence: Annotated[str, typer.Option("--licence", help="The added file's licence.")] = _UNSAID,
    attribution: Annotated[
        str, typer.Option("--attribution", help="Whom to name for the added file.")
    ] = _UNSAID,
    leave_out: Annotated[
        bool,
        typer.Option("--leave-out", help="Leave out units that cannot be used, rather than refuse the file."),
    ] = False,
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List the gazetteers that P-codes come from, or add a country's own."""
    from hxl_kit.places.gazetteer import store
    from hxl_kit.standard.codelists import codelist

    if country and country not in codelist("location").values:
        raise UsageError(f"--country {country}: is no ISO 3166-1 alpha-3 code, such as SYR")
    if add:
        if not country:
            raise UsageError("--add needs --country ISO3: the country whose units the file has")
        called = _called(release or add.stem, country)
        tables = tables_of(add, sheet=sheet, encoding=encoding)
        _add(_read(add, called, country, licence, attribution, tables, leave_out=leave_out))
        return
    found = [store.release_of(name) for name in (*store.built_in_ids(), *store.added_ids())]
    _list([r for r in found if country is None or country in r.countries], form)


def tables_of(path: Path, *, sheet: str | None = None, encoding: str | None = None) -> list[pl.DataFrame]:
    """Return the tables of a file as text; a column with a hashtag is called by it.

    Raises:
        InputError: the file cannot be read, or lines have more or fewer cells than the header.
    """
    import polars as pl

    from hxl_kit.reading import open_tables

    found = []
    with open_tables(path, sheet=sheet, encoding=encoding) as tables:
        for table in tables:
            batches = list(table.batches())
            if bad := sum(len(batch.bad) for batch in batches):
                raise InputError(
                    f"{path}: {bad:,} lines do not have the header's number of cells; mend them first"
                )
            tags = {str(tag): name for name, tag in zip(table.header, table.tags, strict=True) if tag}
            called = {name: tag for tag, name in tags.items()}
            found += (
                [pl.concat(batch.frame for batch in batches).select(table.header).rename(called)]
                if batches
                else []
            )
    return found


def _read(
    file: Path,
    name: str,
    country: str,
    licence: str,
    attribution: str,
    tables: list[pl.DataFrame],
    *,
    leave_out: bool,
) -> tuple[Release, pl.DataFrame]:
    import polars as pl

    from hxl_kit.files import sha256_of
    from hxl_kit.places.gazetteer import gazetteer
    from hxl_kit.places.gazetteer.making import Reading, made
    from hxl_kit.places.gazetteer.store import Release

    given = Release(name, file.name, "", licence, attribution, sha256_of(file), edition=_edition(name))
    known = gazetteer().units.filter(pl.col("location_code") == country)["code"]
    try:
        return made(given, tables, Reading(country, faults_left_out=leave_out, known=known.to_list()))
    except InputError as error:
        raise InputError(f"{file}: {error}") from error
    except DataError as error:
        raise DataError(f"{file}: {error}; mend them, or leave them out with --leave-out") from error


def _add(made: tuple[Release, pl.DataFrame]) -> None:
    from hxl_kit.places.gazetteer import store

    release, table = made
    again = "replaced" if release.id in store.added_ids() else "added"
    store.written(store.own_folder(), release, table)
    for fault in release.left_out:
        say(f"left out: {fault}")
    if not release.edition:
        say(
            "no date in the file or the name: its units are current only where no other release has their level"
        )
    levels = ", ".join(map(str, release.levels))
    country = ", ".join(release.countries)
    say(
        f"{again} {release.id}: {release.units:,} units of {country}, level {levels}; in {store.own_folder()}"
    )


def _called(text: str, country: str) -> str:
    """Return the name of a release: small letters, digits and hyphens, with the country's code in it."""
    from hxl_kit.places.gazetteer import store

    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    named = found if country.lower() in found else f"{country.lower()}-{found}".strip("-")
    if named in store.built_in_ids():
        raise UsageError(f"--release {named}: is the name of a built-in release; choose another")
    return named


def _edition(name: str) -> str:
    """Return the day, month or year in a release's name; "" where there is none."""
    found = re.search(r"(?<!\d)(?:19|20)\d\d(?:-[01]\d(?:-[0-3]\d)?)?(?!\d)", name)
    return found[0] if found else ""


def _list(releases: list[Release], form: Format) -> None:
    from hxl_kit.places.gazetteer import store

    for release in releases:
        store.table_of(release)  # a table that is not what it was is told here, not when it is needed
    added = store.added_ids()
    if form is Format.JSON:
        emit_json([_as_json(release, added=release.id in added) for release in releases])
        return
    emit_columns([_as_row(release, "added" if release.id in added else "built in") for release in releases])


def _as_json(release: Release, *, added: bool) -> dict[str, Any]:
    return {**asdict(release), "added": added}


def _as_row(release: Release, origin: str) -> tuple[str, ...]:
    few = len(release.countries) <= _SHOWN
    levels = (
        f"level {release.levels[0]}"
        if len(release.levels) == 1
        else f"levels {release.levels[0]}–{release.levels[-1]}"
    )
    return (
        release.id,
        origin,
        ", ".join(release.countries) if few else f"{len(release.countries)} countries",
        levels,
        f"{release.units:,} units",
        release.licence,
        release.table_sha256[:_HASH],
        release.title,
    )
