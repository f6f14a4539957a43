"""What a `Dataset` of hdx-python-api says: the fields to write, the resources, their files, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hxl_kit import __version__
from hxl_kit.files import reason_of, sha256_of
from hxl_kit.hdx.client_rules import dataset_refusals, resource_refusals
from hxl_kit.hdx.fields import approved_tags
from hxl_kit.reading.table import shown
from hxl_kit.targets.hdx.served import COMPUTED
from hxl_kit.targets.hdx.states import PASSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hdx.data.dataset import Dataset
    from hdx.data.resource import Resource

_OF_FILES = frozenset({"hash", "mimetype", "mimetype_inner", "size", "url"})
"""Fields of a resource that its file gives."""

_ADDRESS = {"resource_type": "api", "url_type": "api"}
_UPLOAD = {"resource_type": "file.upload", "url_type": "upload"}


@dataclass(frozen=True)
class HandedResource:
    """A resource: what it is called, its fields, and its file (None: it is an address, or stays as it is on HDX).

    `sha256` and `bytes` are the file's; `id` is that of the resource on HDX where the scraper read it from there.
    """

    name: str
    fields: Mapping[str, Any]
    file: Path | None = None
    sha256: str = ""
    bytes: int = 0
    id: str = ""


@dataclass(frozen=True)
class Handed:
    """A dataset as it was handed over.

    Attributes:
        name: its name in addresses.
        fields: the fields to write; organisation and maintainer are names or ids.
        resources: the resources in their order.
        problems: all that HDX, or its own client, would refuse, each a sentence with the way out.
        alone: whether resources that HDX has and the scraper has not are to go.
    """

    name: str
    fields: Mapping[str, Any]
    resources: tuple[HandedResource, ...]
    problems: tuple[str, ...]
    alone: bool = False


def handed(dataset: Dataset, *, alone: bool = False) -> Handed:
    """Return what a dataset says; it is left as it is, and nothing is asked of the network.

    Args:
        dataset: the dataset with its resources.
        alone: whether other resources that HDX has are to go.
    """
    said = dict(dataset.data)
    tags, wrong = approved_tags((str(tag["name"]) for tag in said.get("tags") or ()), "tags")
    agent = dataset.configuration.get_user_agent()
    fields = {
        **{key: value for key, value in said.items() if key not in COMPUTED},
        "private": said.get("private", False),
        "tags": tags,
        "updated_by_script": f"hxl_kit {__version__} for {agent}",
    }
    resources, of_files = _resources(dataset)
    problems = (
        *dataset_refusals(fields, {"tags"} if wrong else ()),
        *(sentence for _, sentence in wrong),
        *of_files,
        *_of_list(resources, by_request=dataset.is_requestable()),
    )
    return Handed(str(said.get("name") or ""), fields, resources, problems, alone)


def _resources(dataset: Dataset) -> tuple[tuple[HandedResource, ...], list[str]]:
    """Return the resources whose files can be read, and what is wrong with any of them."""
    read, problems = [], list[str]()
    for resource in dataset.get_resources():
        file, data = resource.get_file_to_upload(), {**resource.data}
        data.setdefault("name", "")
        problems += resource_refusals({**data, **_UPLOAD}, [], str(file)) if file else _refusals(resource)
        try:
            read.append(_resource(data, Path(file) if file else None))
        except OSError as error:
            problems.append(f"{shown(str(data['name']))}: {file}: {reason_of(error)}")
    return tuple(read), problems


def _resource(data: Mapping[str, Any], file: Path | None) -> HandedResource:
    kept = {key: value for key, value in data.items() if key not in PASSING | {"tracking_summary"}}
    name, known = str(data["name"]), str(data.get("id") or "")
    if file is None and data.get("url_type") == "upload":
        # It was read from HDX, and its file stays as it is there.
        return HandedResource(name, {key: v for key, v in kept.items() if key not in _OF_FILES}, id=known)
    if file is None:
        return HandedResource(name, {**kept, **_ADDRESS}, id=known)
    digest, size = sha256_of(file), file.stat().st_size
    own = {key: value for key, value in kept.items() if key not in _OF_FILES}
    sent = {**own, **_UPLOAD, "hash": f"sha256:{digest}", "size": size}
    return HandedResource(name, sent, file, digest, size, known)


def _refusals(resource: Resource) -> Iterator[str]:
    """Yield what the client would refuse in a resource that has no file here."""
    from hdx.data.hdxobject import HDXError

    try:
        resource.check_required_fields(["package_id", "resource_type", "url_type"])
    except HDXError as error:
        name = shown(str(resource.data.get("name", "")))
        yield f"{name}: HDX's client refuses the resource ({error})"


def _of_list(resources: tuple[HandedResource, ...], *, by_request: bool) -> Iterator[str]:
    names = [resource.name for resource in resources]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield f"{shown(name)}: several resources are called so; give each a name of its own"
    if by_request and resources:
        yield "resources: a dataset by request has none; leave them out"
    if not by_request and not resources:
        yield "resources: there are none; add one with a file or an address"
