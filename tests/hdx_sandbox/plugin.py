# SPDX-License-Identifier: AGPL-3.0-or-later
"""The CKAN plugin: HDX's fields, rules, actions and rights, and what HDX adds to the answers."""

from __future__ import annotations

import datetime as dt

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model

from hdx_sandbox import rules
from hdx_sandbox.actions import ACTIONS
from hdx_sandbox.uploads import Stored


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def resource_show(next_auth, context, data_dict):
    """A resource in quarantine is handed to its organisation and the staff only."""
    answer = next_auth(context, data_dict)
    stored = model.Resource.get(data_dict["id"])
    if not answer["success"] or not (stored and (stored.extras or {}).get("in_quarantine")):
        return answer
    if _may_edit(context.get("user") or "", stored.package_id):
        return answer
    return {"success": False, "msg": "The resource is in quarantine"}


def _whatever_the_location(next_auth, context, data_dict):
    return next_auth(context, {**data_dict, "groups": []} if data_dict else data_dict)


@tk.chained_auth_function
def package_create(next_auth, context, data_dict):
    """Rights do not depend on the locations: whether they are known is for the rules to say."""
    return _whatever_the_location(next_auth, context, data_dict)


@tk.chained_auth_function
def package_update(next_auth, context, data_dict):
    """As `package_create`."""
    return _whatever_the_location(next_auth, context, data_dict)


def _may_edit(user: str, dataset: str) -> bool:
    try:
        return bool(user and tk.check_access("package_update", {"user": user}, {"id": dataset}))
    except tk.NotAuthorized:
        return False


class HdxPlugin(p.SingletonPlugin, tk.DefaultDatasetForm):
    """Makes CKAN answer as HDX does."""

    p.implements(p.IConfigurer)
    p.implements(p.IDatasetForm)
    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IUploader, inherit=True)

    def update_config(self, config):
        tk.add_template_directory(config, "templates")

    def is_fallback(self):
        return True

    def package_types(self):
        return []

    def create_package_schema(self):
        return rules.dataset_fields(super().create_package_schema())

    def update_package_schema(self):
        return rules.dataset_fields(super().update_package_schema())

    def show_package_schema(self):
        return rules.shown_fields(super().show_package_schema())

    def get_actions(self):
        return ACTIONS

    def get_auth_functions(self):
        return {
            "package_create": package_create,
            "package_update": package_update,
            "resource_show": resource_show,
        }

    def get_resource_uploader(self, data_dict):
        return Stored(data_dict)

    def after_dataset_show(self, context, pkg_dict):
        """Add what HDX computes: when it was updated last, when it is due, and what is counted."""
        pkg_dict.update(has_showcases=False, has_quickcharts=False, has_geodata=False, total_res_downloads=0)
        pkg_dict.setdefault("is_requestdata_type", False)
        pkg_dict.setdefault("archived", False)
        moments = [row["last_modified"] for row in pkg_dict.get("resources", []) if row.get("last_modified")]
        if moments:
            pkg_dict["last_modified"] = max(moments)
            days = rules.DAYS_BETWEEN_UPDATES.get(pkg_dict.get("data_update_frequency"))
            if days:
                due = dt.datetime.fromisoformat(pkg_dict["last_modified"]) + dt.timedelta(days=days)
                pkg_dict["due_date"] = due.isoformat(timespec="seconds")
        for row in pkg_dict.get("resources", []):
            row["download_url"] = row.get("url")
        return pkg_dict
