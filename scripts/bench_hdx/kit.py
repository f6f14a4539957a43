"""What hxl_kit is measured by: its commands, the upload alone, and syncs; each in a process of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_hdx.made import TABLE, small_table
from bench_hdx.telling import measured_here
from hxl_kit.cli import main as command_line
from hxl_kit.hdx.comparing import same
from hxl_kit.hdx.connection import Connection
from hxl_kit.hdx.finding import Question
from hxl_kit.hdx.names import Names
from hxl_kit.hdx.offering import Offer
from hxl_kit.hdx.site import site_of
from hxl_kit.hdx.upload import Upload
from hxl_kit.publishing import apply_plan, make_plan
from hxl_kit.reading.packages import read_package
from hxl_kit.syncing import sync
from hxl_kit.syncing.hdx_supply import HdxSupply
from hxl_kit.targets.hdx.committing import Committing
from hxl_kit.targets.hdx.files_served import Files
from hxl_kit.targets.hdx.kept import Kept
from hxl_kit.targets.hdx.wanting import Wanting

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 4
LOADED = (apply_plan, make_plan)
"""What the commands load when they run, so that it is not counted as theirs."""


def main(what: str, *given: str) -> None:
    """Do what is asked for and print what it cost."""
    asked: dict[str, Callable[..., None]] = {
        "command": command,
        "upload": upload,
        "make": make_datasets,
        "sync": sync_all,
    }
    asked[what](*given)


def command(name: str, package: str, *options: str) -> None:
    """Run `plan` or `publish` of the command line."""
    who = ["--organisation", os.environ["HDX_ORGANISATION"], "--maintainer", os.environ["HDX_MAINTAINER"]]
    sys.argv[1:] = [name, package, "--to", f"hdx:{os.environ['HDX_URL']}", *who, "--quiet", *options]
    with measured_here():
        try:
            command_line()
        except SystemExit as end:
            if end.code:
                raise


def upload(package: str) -> None:
    """Send a package, read it back and keep it as a version, without what comes before: screening and the plan."""
    connection = _connection()
    with measured_here(), tempfile.TemporaryDirectory(prefix="hxl-kit-bench-") as state:
        kept = Kept(Path(state))
        wanting = Wanting(Names(connection), os.environ["HDX_ORGANISATION"], os.environ["HDX_MAINTAINER"])
        wanted = wanting.wanted(Offer(read_package(Path(package))), None)
        committing = Committing(connection, Files(connection, kept), same)
        committing.make(committing.fill(committing.shell(wanted.fields), wanted), wanted)
        for resource in wanted.resources:
            if resource.path:
                kept.keep(resource.path, resource.sha256)


def make_datasets(organisation: str, count: str) -> None:
    """Make datasets of one file each, with an organisation of their own."""
    connection = _connection()
    connection.write("organization_create", {"name": organisation, "title": "Made up, for a benchmark"})
    maintainer = connection.read("user_show", id=os.environ["HDX_MAINTAINER"])["id"]
    connection.write(
        "organization_member_create",
        {"id": organisation, "username": os.environ["HDX_MAINTAINER"], "role": "editor"},
    )
    with tempfile.TemporaryDirectory(prefix="hxl-kit-bench-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:

        def make(number: int) -> None:
            file = Path(folder) / f"{number}.csv"
            file.write_bytes(small_table(number))
            _make_dataset(connection, f"{organisation}-{number:03d}", organisation, maintainer, file)

        list(pool.map(make, range(int(count))))


def sync_all(organisation: str, folder: str) -> None:
    """Sync the datasets of an organisation and say how many had which outcome."""
    supply = HdxSupply(_connection(), Question(organisation=organisation))
    with measured_here() as said:
        said["counts"] = sync(supply, Path(folder)).counts


def _connection() -> Connection:
    return Connection(site_of(os.environ["HDX_URL"]))


def _make_dataset(connection: Connection, name: str, organisation: str, maintainer: str, file: Path) -> None:
    metadata: dict[str, Any] = {
        "name": name,
        "title": f"Made-up events {name}",
        "notes": "Events that were made up.",
        "dataset_source": "Nobody",
        "owner_org": organisation,
        "maintainer": maintainer,
        "license_id": "cc-by",
        "methodology": "Registry",
        "dataset_date": "[2023-01-01T00:00:00 TO 2023-12-31T23:59:59]",
        "data_update_frequency": "-1",
        "groups": [{"name": "syr"}],
        "tags": [{"name": "conflict-violence"}],
        "private": False,
    }
    made = connection.write("package_create", metadata)
    resource = {
        "package_id": made["id"],
        "name": TABLE,
        "format": "CSV",
        "description": "Events",
        "url_type": "upload",
    }
    connection.write("resource_create", resource, [Upload("upload", TABLE, file)])
