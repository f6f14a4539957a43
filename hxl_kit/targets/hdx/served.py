"""A dataset as CKAN shows it (`package_show`)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import TargetError
from hxl_kit.hdx.comparing import comparable
from hxl_kit.reading.packages import DESCRIPTOR

if TYPE_CHECKING:
    from collections.abc import Mapping

Mark = tuple[str, str, str]
"""What tells a file of a resource from the one that was there before."""

_DIGITS = 12
_OURS = re.compile(r"sha256:[0-9a-f]{64}")

COMPUTED = frozenset(
    {
        "creator_user_id",
        "due_date",
        "has_geodata",
        "has_quickcharts",
        "has_showcases",
        "id",
        "is_fresh",
        "isopen",
        "last_modified",
        "license_title",
        "license_url",
        "metadata_created",
        "metadata_modified",
        "num_resources",
        "num_tags",
        "organization",
        "overdue_date",
        "package_creator",
        "pageviews_last_14_days",
        "relationships_as_object",
        "relationships_as_subject",
        "resources",
        "review_date",
        "state",
        "total_res_downloads",
        "type",
        "update_status",
    }
)
"""What the server works out for itself, or that is no metadata of the publisher's."""


@dataclass(frozen=True)
class ServedResource:
    """A resource as CKAN shows it."""

    raw: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The resource's id."""
        return str(self.raw.get("id") or "")

    @property
    def name(self) -> str:
        """The resource's name: of our packages the path of the file."""
        return str(self.raw.get("name") or "")

    @property
    def url(self) -> str:
        """Where its file is."""
        return str(self.raw.get("url") or "")

    @property
    def sha256(self) -> str:
        """The SHA-256 that it claims to have, "" if it claims none; only its bytes prove it."""
        claimed = str(self.raw.get("hash") or "")
        return claimed.removeprefix("sha256:") if _OURS.fullmatch(claimed) else ""

    @property
    def bytes(self) -> int:
        """The size that it claims to have; 0 where it claims none."""
        size = str(self.raw.get("size"))
        return int(size) if size.isdecimal() else 0

    @property
    def is_upload(self) -> bool:
        """Whether the file lies on the site itself."""
        return self.raw.get("url_type") == "upload"

    @property
    def mark(self) -> Mark:
        """What changes when another file is sent: id, hash and when it was last modified."""
        return self.id, str(self.raw.get("hash") or ""), str(self.raw.get("last_modified") or "")

    @property
    def in_quarantine(self) -> bool:
        """Whether the site keeps the file back until somebody has looked at it."""
        return str(self.raw.get("in_quarantine", "")).lower() == "true"


@dataclass(frozen=True)
class Served:
    """A dataset as CKAN shows it."""

    raw: Mapping[str, Any]

    @classmethod
    def of(cls, shown: Any) -> Served:
        """Return the dataset in an answer.

        Raises:
            TargetError: the answer is no dataset.
        """
        resources = shown.get("resources") if isinstance(shown, dict) else None
        if not isinstance(resources, list) or not all(isinstance(r, dict) for r in resources):
            raise TargetError("package_show: the answer is no dataset of CKAN")
        if not isinstance(shown.get("id"), str) or not isinstance(shown.get("name"), str):
            raise TargetError("package_show: the answer is no dataset of CKAN")
        return cls(shown)

    @property
    def id(self) -> str:
        """The dataset's id, which stays when it is renamed."""
        return str(self.raw["id"])

    @property
    def name(self) -> str:
        """The dataset's name in addresses."""
        return str(self.raw["name"])

    @property
    def modified(self) -> str:
        """When anything in it was last changed: what `package_revise` is matched on."""
        return str(self.raw.get("metadata_modified") or "")

    @property
    def pin(self) -> str:
        """What changes whenever anything in the dataset does."""
        # CKAN deletes a resource without moving metadata_modified.
        files = json.dumps([[r.id, r.raw.get("last_modified"), r.raw.get("hash")] for r in self.resources])
        return f"{self.id}@{self.modified}@{sha256(files.encode()).hexdigest()[:_DIGITS]}"

    @property
    def is_private(self) -> bool:
        """Whether only its organisation sees it."""
        return str(self.raw.get("private", "")).lower() == "true"

    @property
    def is_by_request(self) -> bool:
        """Whether it has no files because they are given to those who ask."""
        return bool(comparable("is_requestdata_type", self.raw.get("is_requestdata_type")))

    @property
    def is_ours(self) -> bool:
        """Whether hxl_kit wrote it last, by what it said of itself."""
        return str(self.raw.get("updated_by_script") or "").startswith("hxl_kit ")

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted, and only members of its organisation still see what it was."""
        return self.raw.get("state") == "deleted"

    @cached_property
    def resources(self) -> tuple[ServedResource, ...]:
        """The resources in the order that the page shows."""
        return tuple(map(ServedResource, self.raw["resources"]))

    @cached_property
    def descriptor(self) -> ServedResource | None:
        """The resource that holds datapackage.json; None where nobody published a package here."""
        return next((r for r in self.resources if r.name == DESCRIPTOR and r.is_upload), None)

    @property
    def fields(self) -> dict[str, Any]:
        """The metadata that a publisher writes, without what the server works out."""
        return {key: value for key, value in self.raw.items() if key not in COMPUTED}

    def resource(self, name: str) -> ServedResource | None:
        """Return the first resource of a name."""
        return next((r for r in self.resources if r.name == name), None)
