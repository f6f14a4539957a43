"""hdx-python-api alone, as a script uses it: one dataset with one file, created, or updated if it is there."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from hdx.api.configuration import Configuration
from hdx.data.dataset import Dataset
from hdx.data.organization import Organization
from hdx.data.resource import Resource
from hdx.data.user import User

from bench_hdx.telling import measured_here

TAG = "conflict-violence"


def main(name: str, file: str, folder: str) -> None:
    """Publish a file and print what it cost; `folder` takes the lists that the client would get from the network."""
    _configure(Path(folder))
    with measured_here():
        dataset = Dataset(_metadata(name))
        dataset.set_maintainer(User.read_from_hdx(os.environ["HDX_MAINTAINER"]))
        dataset.set_organization(Organization.read_from_hdx(os.environ["HDX_ORGANISATION"]))
        dataset.add_tag(TAG)
        resource = Resource({"name": Path(file).name, "format": "csv", "description": "Events"})
        resource.set_file_to_upload(file)
        dataset.add_update_resource(resource)
        dataset.create_in_hdx()


def _configure(folder: Path) -> None:
    logging.disable()
    formats, tags = folder / "formats.json", folder / "tags.csv"
    formats.write_text(json.dumps([["csv", "Comma separated values", "text/csv", [".csv"]]]), "utf-8")
    tags.write_text(f"Current Tag,Action to Take,New Tag(s)\n{TAG},ok,\n", "utf-8")
    Configuration.create(
        hdx_url=os.environ["HDX_URL"],
        hdx_key=os.environ["HDX_KEY"],
        user_agent="hxl-kit-bench",
        project_config_dict={"formats_mapping_url": formats.as_uri(), "tags_mapping_url": tags.as_uri()},
    )


def _metadata(name: str) -> dict[str, object]:
    return {
        "name": name,
        "title": "Made-up events",
        "notes": "Events that were made up.",
        "dataset_source": "Nobody",
        "license_id": "cc-by",
        "methodology": "Registry",
        "dataset_date": "[2023-01-01T00:00:00 TO 2023-12-31T23:59:59]",
        "data_update_frequency": "-1",
        "groups": [{"name": "syr"}],
        "private": False,
    }
