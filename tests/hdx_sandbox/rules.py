# SPDX-License-Identifier: AGPL-3.0-or-later
"""HDX's fields of datasets and resources, and what HDX accepts in them.

A public dataset has to be complete; a private one may leave most of it empty. Each rule says no in HDX's words.
"""

from __future__ import annotations

import json
import re

import ckan.plugins.toolkit as tk
from ckan import model

DAYS_BETWEEN_UPDATES = {
    **dict.fromkeys(("-2", "-1", "0")),
    **{str(days): days for days in (1, 2, 7, 14, 30, 60, 90, 120, 180, 300, 365, 730)},
}
"""The frequencies by their id; None where nothing is ever due (as needed, never, live)."""

LICENCES = {
    *("cc-by", "cc-by-igo", "cc-by-sa", "hdx-odc-odbl", "hdx-odc-by", "hdx-pddl"),
    *("other-pd-nr", "hdx-multi", "hdx-other"),
}
PREVIEWS = {"first_resource", "resource_id", "no_preview"}
COD_LEVELS = {"cod-enhanced", "cod-standard", "cod-candidate", "not-cod"}
COLUMN_TYPES = {"text", "numeric", "date", "timestamp without time zone"}

STAFF_FIELDS = ("cod_level", "dataseries_name", "qa_completed")
"""Fields of a dataset that only HDX's staff sets; what others send is left as it was."""

DATASET_TEXTS = (
    *("dataset_source", "methodology", "methodology_other", "license_other", "caveats", "dataset_date"),
    *("data_update_frequency", "subnational", "updated_by_script", "batch", "dataset_preview", "archived"),
    *("review_date", "package_creator", "customviz_url", "is_requestdata_type", "field_names", "file_types"),
    *("num_of_rows", *STAFF_FIELDS),
)

UPLOADED = "uploaded"
"""What stands for the quarantine of a resource whose file has just arrived."""

_MOMENT = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?"
_RANGE = re.compile(rf"\[({_MOMENT}) TO ({_MOMENT}|\*)\]")


def dataset_fields(schema: dict) -> dict:
    """Return CKAN's schema of a dataset with HDX's fields and rules."""
    optional, text, kept = tk.get_validator("ignore_missing"), tk.get_validator("unicode_safe"), _kept()
    schema.update({name: [optional, text, kept] for name in DATASET_TEXTS})
    schema.update(
        {
            "private": [tk.get_validator("default")(False), tk.get_validator("boolean_validator")],
            "notes": [needed_in_public, text],
            "license_id": [needed_in_public, text, one_of(LICENCES)],
            "license_other": [needed_where("license_id", "hdx-other"), text, kept],
            "dataset_source": [needed_in_public, text, kept],
            "methodology": [needed_in_public, text, kept],
            "methodology_other": [needed_where("methodology", "Other"), text, kept],
            "dataset_date": [needed_in_public, date_range, kept],
            "data_update_frequency": [needed_in_public, text, one_of(set(DAYS_BETWEEN_UPDATES)), kept],
            "maintainer": [maintainer],
            "subnational": [subnational, kept],
            "archived": [optional, truth, archived, kept],
            "dataset_preview": [optional, one_of(PREVIEWS), kept],
            "is_requestdata_type": [optional, truth, kept],
            "field_names": [needed_where("is_requestdata_type", "true"), joined, kept],
            "file_types": [needed_where("is_requestdata_type", "true"), joined, kept],
            "num_of_rows": [needed_where("is_requestdata_type", "true"), number, kept],
            **{name: [optional, staff_only, text, kept] for name in STAFF_FIELDS},
            "cod_level": [optional, staff_only, one_of(COD_LEVELS), kept],
            "__after": [locations, by_request_without_files, live_is_linked],
        }
    )
    schema["tags"]["name"] = [*schema["tags"]["name"], approved_tag]
    schema["resources"].update(_resource_fields())
    return schema


def shown_fields(schema: dict) -> dict:
    """Return CKAN's schema of what is shown of a dataset, with HDX's fields at the top level."""
    back, optional = tk.get_converter("convert_from_extras"), tk.get_validator("ignore_missing")
    schema.update({name: [back, optional] for name in DATASET_TEXTS})
    for name in ("archived", "is_requestdata_type", "qa_completed"):
        schema[name] = [back, optional, tk.get_validator("boolean_validator")]
    return schema


def _kept():
    return tk.get_converter("convert_to_extras")


def _resource_fields() -> dict:
    optional, needed = tk.get_validator("ignore_missing"), tk.get_validator("not_empty")
    text, boolean = tk.get_validator("unicode_safe"), tk.get_validator("boolean_validator")
    return {
        "name": [needed, text],
        "format": [needed, text, tk.get_validator("clean_format")],
        "url": [needed, text, tk.get_validator("remove_whitespace")],
        "hdx_data_dictionary": [optional, text, data_dictionary],
        "daterange_for_data": [optional, date_range],
        "microdata": [optional, boolean],
        "p_coded": [tk.get_validator("ignore_empty"), staff_only, optional, boolean],
        "in_quarantine": [quarantine, optional, boolean],
    }


def _absent(value: object) -> bool:
    return value is None or value is tk.missing or (isinstance(value, str) and not value.strip())


def _text(value: object) -> str:
    """The value as text; CKAN's marker of a missing value cannot be asked for it."""
    return "" if _absent(value) else str(value)


def _true(value: object) -> bool:
    return _text(value).lower() in {"true", "yes", "t", "y", "1"}


def _staff(context: dict) -> bool:
    """Whether HDX's staff asks: a sysadmin, or the server itself."""
    user = model.User.get(context.get("user") or "")
    return bool(context.get("ignore_auth") or (user and user.sysadmin))


def needed_in_public(key, data, errors, context):
    """Refuse an empty value, unless the dataset is private or handed out by request only."""
    if not _absent(data.get(key)):
        return
    licence_by_request = key in {("license_id",), ("methodology",)} and _true(
        data.get(("is_requestdata_type",))
    )
    if _true(data.get(("private",))) or licence_by_request:
        data.pop(key, None)
    else:
        errors[key].append("Missing value")
    raise tk.StopOnError


def needed_where(field: str, wanted: str):
    """Return the rule that a value is needed where another field is as said, and dropped elsewhere."""

    def check(key, data, errors, context):
        if _text(data.get((field,))).lower() != wanted.lower():
            data.pop(key, None)
            raise tk.StopOnError
        if _absent(data.get(key)):
            errors[key].append("Missing value")
            raise tk.StopOnError

    return check


def one_of(allowed: set[str]):
    """Return the rule that a value is one of a list, or empty."""

    def check(value):
        if not _absent(value) and str(value) not in allowed:
            raise tk.Invalid("Value not in allowed list")
        return value if _absent(value) else str(value)

    return check


def date_range(value):
    """Return a range as `[2020-01-01T00:00:00 TO 2020-12-31T23:59:59]` or `[2020-01-01 TO *]`, else refuse it."""
    match = _RANGE.fullmatch(_text(value))
    if not match:
        raise tk.Invalid("date range does not have the format: [start_datetime TO end_datetime]")
    start, end = match.groups()
    if end != "*" and end < start:
        raise tk.Invalid("end datetime needs to be after start datetime")
    return value


def truth(value):
    return "true" if _true(value) else "false"


def subnational(key, data, errors, context):
    data[key] = "1" if _true(data.get(key)) else "0"


def archived(key, data, errors, context):
    """What is archived is never updated again."""
    if data.get(key) == "true":
        data["data_update_frequency",] = "-1"


def joined(value):
    return ",".join(map(str, value)) if isinstance(value, list) else _text(value)


def number(value):
    if not _text(value).isdigit():
        raise tk.Invalid("Must be a natural number")
    return _text(value)


def maintainer(key, data, errors, context):
    """A member of the organisation, or a sysadmin; the name becomes the id."""
    wanted, organisation = data.get(key), data.get(("owner_org",))
    user = None if _absent(wanted) else model.User.get(wanted)
    if not user or not (user.sysadmin or user.id in _members(organisation)):
        raise tk.Invalid(
            "Maintainer does not exist or is not a member of current owner organization. Please add valid user ID"
        )
    data[key] = user.id


def _members(organisation: object) -> set[str]:
    if _absent(organisation):
        return set()
    asked = {"id": organisation, "object_type": "user"}
    return {member[0] for member in tk.get_action("member_list")({"ignore_auth": True}, asked)}


def approved_tag(value, context):
    """A tag of HDX's vocabulary; those of single crises are given by the staff only."""
    vocabulary = model.Vocabulary.get("Topics")
    known = model.Session.query(model.Tag).filter_by(vocabulary_id=vocabulary.id, name=value).first()
    if not known:
        raise tk.Invalid(f"Tag name '{value}' is not in the approved list of tags.")
    if value.startswith("crisis-") and not _staff(context):
        raise tk.Invalid(f"Tag name '{value}' can only be added by sysadmins.")
    return value


def locations(key, data, errors, context):
    """A public dataset has one location or more, and each is one of HDX's."""
    named = {place[1] for place in data if place[0] == "groups" and len(place) == 3}
    if not named and not _true(data.get(("private",))):
        errors["groups_list",] = ["Missing value"]
    query = model.Session.query(model.Group.id, model.Group.name).filter_by(is_organization=False)
    known = {text for row in query for text in row}
    for index in named:
        wanted = data.get(("groups", index, "id")) or data.get(("groups", index, "name"))
        if wanted not in known:
            errors["groups_list",] = ["Wrong country code or id"]


def by_request_without_files(key, data, errors, context):
    """What is handed out by request shows its metadata only, to everybody."""
    if not _true(data.get(("is_requestdata_type",))):
        return
    if any(place[0] == "resources" and len(place) == 3 for place in data):
        errors["is_requestdata_type",] = ["A dataset by request cannot have resources"]
    if _true(data.get(("private",))):
        errors["private",] = ["A dataset by request cannot be private"]


def live_is_linked(key, data, errors, context):
    """Live data are elsewhere: a dataset that is never out of date has a link to them."""
    if _text(data.get(("data_update_frequency",))) != "0" or _true(data.get(("private",))):
        return
    rows = {place[1] for place in data if place[0] == "resources" and len(place) == 3}
    if rows and all(_text(data.get(("resources", row, "url_type"))) == "upload" for row in rows):
        errors["data_update_frequency",] = ["Live needs a resource that is a link to data elsewhere"]


def staff_only(key, data, errors, context):
    """Leave the field as it was, unless the staff sets it."""
    if not _staff(context):
        data[key] = _before(key, data)
        if data[key] is tk.missing:
            data.pop(key)
            raise tk.StopOnError


def quarantine(key, data, errors, context):
    """Personal data about respondents wait for a look; a new file ends the quarantine of the old one."""
    row = key[:2]
    held, uploaded = _before(key, data), data.get(key) == UPLOADED
    microdata = _true(data.get((*row, "microdata")))
    newly = microdata and not _true(_before((*row, "microdata"), data))
    if uploaded or newly:
        data[key] = microdata or (held if held is tk.missing else False)
    elif not _staff(context) or _absent(data.get(key)):
        data[key] = held


def _before(key, data):
    """The stored value of a field, `missing` where there is none."""
    if key[0] != "resources":
        dataset = model.Package.get(_text(data.get(("id",)))) if not _absent(data.get(("id",))) else None
        return dataset.extras.get(key[0], tk.missing) if dataset else tk.missing
    stored = model.Resource.get(_text(data.get((*key[:2], "id")))) if data.get((*key[:2], "id")) else None
    return (stored.extras or {}).get(key[2], tk.missing) if stored else tk.missing


def data_dictionary(value):
    """A list, as JSON, of columns with their type."""
    try:
        columns = json.loads(value)
        sound = all(column["field"] and column.get("data_type") in COLUMN_TYPES for column in columns)
    except (ValueError, TypeError, KeyError, AttributeError):
        sound = False
    if not sound:
        raise tk.Invalid("Not a list of columns with field, label, description and data_type")
    return value
