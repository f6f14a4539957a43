"""hdx-python-api as its users call it, against the sandbox: quiet, offline, and without waiting between its tries."""

from __future__ import annotations

import json
import logging
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from uuid import uuid4

from hdx.api.configuration import Configuration
from hdx.data.dataset import Dataset
from hdx.data.resource import Resource
from hdx.data.vocabulary import Vocabulary
from urllib3.util.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

TAG = "conflict-violence"
_FORMATS = [
    [name, title, kind, [f".{name}"]]
    for name, title, kind in (
        ("CSV", "Comma separated values", "text/csv"),
        ("XLSX", "Workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("ZIP", "Zip archive", "application/zip"),
    )
]
_TAGS = f"Current Tag,Action to Take,New Tag(s)\n{TAG},ok,\n"


@dataclass(frozen=True)
class HdxClient:
    """What a script written with hdx-python-api does, and what the public then sees."""

    sandbox: Any
    maintainer: str
    organisation: str

    def dataset(self, name: str, *files: Path, **metadata: Any) -> Dataset:
        """Return a complete dataset with a resource for each file, not sent yet."""
        dataset = Dataset({**self._metadata(name), **metadata})
        dataset.set_maintainer(self.maintainer)
        dataset.set_organization(self.organisation)
        dataset.add_tag(TAG)
        for file in files:
            dataset.add_update_resource(self.resource(file))
        return dataset

    def publish(self, name: str, *files: Path, **metadata: Any) -> dict[str, int]:
        """Create the dataset or update it; return what the client says of each resource (2: uploaded)."""
        return self.dataset(name, *files, **metadata).create_in_hdx()

    def resource(self, file: Path, **metadata: Any) -> Resource:
        """Return a resource that uploads a file under the file's name."""
        form = file.suffix.removeprefix(".")
        said = {"name": file.name, "format": form, "description": "Events", **metadata}
        resource = Resource(said)
        resource.set_file_to_upload(str(file))
        return resource

    def shown(self, name: str) -> dict[str, Any]:
        """Return the dataset as the server shows it."""
        return self.sandbox.call("package_show", {"id": name})

    def files(self, name: str) -> list[tuple[str, bytes | int]]:
        """Return what the public downloads, by resource in their order: the bytes, or the status of the failure."""
        return [(r["name"], downloaded(r["url"])) for r in self.shown(name)["resources"]]

    def _metadata(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "title": "Events",
            "notes": "Events of armed conflict, made up.",
            "dataset_source": "Made up",
            "license_id": "cc-by",
            "methodology": "Registry",
            "dataset_date": "[2024-01-01T00:00:00 TO 2024-12-31T23:59:59]",
            "data_update_frequency": "30",
            "groups": [{"name": "syr"}],
            "private": False,
        }


@contextmanager
def hdx_python_api(sandbox: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HdxClient]:
    """Give hdx-python-api set up for the sandbox; its one global configuration is gone at the end."""
    (folder / "formats.json").write_text(json.dumps(_FORMATS), "utf-8")
    (folder / "tags.csv").write_text(_TAGS, "utf-8")
    _make_quick_and_quiet(monkeypatch)
    Configuration.delete()
    Configuration.create(
        hdx_url=sandbox.url,
        hdx_key=sandbox.key,
        user_agent="hxl-kit-tests",
        project_config_dict={
            "formats_mapping_url": (folder / "formats.json").as_uri(),
            "tags_mapping_url": (folder / "tags.csv").as_uri(),
        },
    )
    session = Configuration.read().get_session()
    user = sandbox.call("user_show", {"id": sandbox.maintainer})["id"]
    organisation = sandbox.call("organization_show", {"id": sandbox.organisation})["id"]
    try:
        yield HdxClient(sandbox, user, organisation)
    finally:
        session.close()
        Configuration.delete()


def _make_quick_and_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the client's tries but not its waiting, its log, or lists of an earlier server."""
    monkeypatch.setattr(Retry, "sleep", lambda *_: None)
    monkeypatch.setattr(Resource, "_formats_dict", None)
    monkeypatch.setattr(Vocabulary, "_tags_dict", None)
    monkeypatch.setattr(Vocabulary, "_approved_vocabulary", None)
    monkeypatch.setattr(logging.getLogger("hdx"), "disabled", True)
    for name in ("hdx.api.configuration", "hdx.data", "hdx.utilities", "urllib3"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.CRITICAL + 1)


def downloaded(url: str) -> bytes | int:
    """Return what an address gives to anyone who asks: its bytes, or the status of the failure (0: no address)."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310
            return answer.read()
    except HTTPError as error:
        error.close()
        return error.code
    except ValueError:
        return 0


def new_name(word: str) -> str:
    """Return a dataset name that no other test uses."""
    return f"g-{word}-{uuid4().hex[:8]}"
