"""What HDX's own client (hdx-python-api) would refuse, asked of it without the network and without its global state."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from hdx.api.configuration import Configuration


def dataset_refusals(values: Mapping[str, Any], ignored: Collection[str] = ()) -> tuple[str, ...]:
    """Return a sentence for each field of a dataset that the client requires and that is missing or empty.

    Args:
        values: the fields of the dataset.
        ignored: fields that need no sentence.
    """
    from hdx.data.dataset import Dataset
    from hdx.data.hdxobject import HDXError

    kind = "dataset-requestable" if values.get("is_requestdata_type") else "dataset"
    required = configuration()[kind]["required_fields"]
    dataset = Dataset(dict(values), configuration=configuration())
    found = []
    for name in (name for name in required if name not in ignored):
        others = [other for other in required if other != name]
        try:
            dataset.check_required_fields(others, allow_no_resources=True)
        except HDXError as error:
            found.append(f"{name}: HDX's client refuses the dataset ({error}); fill the field")
    return tuple(found)


def resource_refusals(
    values: Mapping[str, Any], dictionary: list[dict[str, str]], file: str
) -> tuple[str, ...]:
    """Return a sentence for each thing of a resource that the client would refuse."""
    from hdx.data.hdxobject import HDXError
    from hdx.data.resource import Resource

    resource = Resource({**values}, configuration=configuration())
    resource.set_file_to_upload(file)
    found = []
    for check in (
        lambda: resource.check_required_fields(["package_id"]),
        resource.check_both_url_filetoupload,
        lambda: resource.set_hdx_data_dictionary(dictionary) if dictionary else None,
    ):
        try:
            check()
        except HDXError as error:
            found.append(f"{shown(str(values['name']))}: HDX's client refuses the resource ({error})")
    return tuple(found)


@cache
def configuration() -> Configuration:
    """Return a configuration of the client that knows no key and no site, apart from the client's global one."""
    from hdx.api.configuration import Configuration

    # A configuration that is given, and not empty, keeps the client from reading the user's own file.
    made = Configuration(
        hdx_url="http://127.0.0.1", hdx_read_only=True, user_agent="hxl_kit", hdx_config_dict={"hdx_key": ""}
    )
    made.set_api_key("")
    return made
