# SPDX-License-Identifier: AGPL-3.0-or-later
"""The actions that HDX has and CKAN lacks, as hdx-python-api and HDX's own pages call them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.plugins import lookup_package_plugin


def hdx_dataset_purge(context, data_dict):
    """Remove a dataset for good."""
    return tk.get_action("dataset_purge")(context, data_dict)


def hdx_mark_broken_link_in_resource(context, data_dict):
    """Mark a resource whose link is dead."""
    return _revised(context, data_dict["id"], broken_link=data_dict.get("broken_link", True))


def hdx_mark_resource_in_quarantine(context, data_dict):
    """Put a resource into quarantine, or release it."""
    tk.check_access("sysadmin", context, {})
    return _revised(context, data_dict["id"], in_quarantine=data_dict["in_quarantine"])


def hdx_p_coded_resource_update(context, data_dict):
    """Say whether a resource has P-codes."""
    tk.check_access("sysadmin", context, {})
    return _revised(context, data_dict["id"], p_coded=data_dict["p_coded"])


def hdx_mark_qa_completed(context, data_dict):
    """Say that the quality of a dataset was looked at."""
    wanted = {"match": {"id": data_dict["id"]}, "update": {"qa_completed": data_dict["qa_completed"]}}
    return tk.get_action("package_revise")(context, wanted)


@tk.side_effect_free
def fs_check_info_show(context, data_dict):
    """Return what HDX found out about the structure of a file: nothing here."""
    return tk.get_action("resource_show")(context, {"id": data_dict["id"]}).get("fs_check_info") or []


@tk.side_effect_free
def package_validate(context, data_dict):
    """Return the dataset as it would be stored, or refuse it as a write would; nothing is stored."""
    stored = model.Package.get(data_dict["id"]) if data_dict.get("id") else None
    action = "package_update" if stored else "package_create"
    if stored:
        context["package"], data_dict["id"] = stored, stored.id
    tk.check_access(action, context, data_dict)
    form = lookup_package_plugin()
    schema = form.update_package_schema() if stored else form.create_package_schema()
    cleaned, errors = tk.navl_validate(data_dict, schema, context)
    if errors:
        raise tk.ValidationError(errors)
    return cleaned


@tk.side_effect_free
@tk.chained_action
def group_list(original, context, data_dict):
    """As CKAN's, but all fields of all locations come in one query, instead of many for each of them."""
    if not tk.asbool(data_dict.get("all_fields", False)):
        return original(context, data_dict)
    tk.check_access("group_list", context, data_dict)
    counts = tk.get_action("package_search")({}, {"facet.field": ["groups"], "facet.limit": -1, "rows": 0})
    query = (
        model.Session.query(model.Group).filter_by(is_organization=False, state="active").order_by("title")
    )
    start = int(data_dict.get("offset", 0))
    rows = query.offset(start).limit(data_dict.get("limit"))
    return [_location(row, counts["facets"]["groups"].get(row.name, 0)) for row in rows]


def _location(row, datasets: int) -> dict:
    return {
        "id": row.id,
        "name": row.name,
        "title": row.title,
        "display_name": row.title,
        "description": row.description or "",
        "type": row.type,
        "state": row.state,
        "is_organization": False,
        "image_url": "",
        "image_display_url": "",
        "created": row.created.isoformat(),
        "package_count": datasets,
    }


def _revised(context, resource: str, **fields):
    dataset = tk.get_action("resource_show")(dict(context), {"id": resource})["package_id"]
    wanted = {"match": {"id": dataset}, f"update__resources__{resource}": fields}
    answer = tk.get_action("package_revise")(dict(context), wanted)
    return next(row for row in answer["package"]["resources"] if row["id"] == resource)


ACTIONS = {
    action.__name__: action
    for action in (
        hdx_dataset_purge,
        hdx_mark_broken_link_in_resource,
        hdx_mark_resource_in_quarantine,
        hdx_p_coded_resource_update,
        hdx_mark_qa_completed,
        fs_check_info_show,
        group_list,
        package_validate,
    )
}
