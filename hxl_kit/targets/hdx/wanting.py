"""From a package to the dataset that it is to be, with the ids that the site has for names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import DataError, nearest
from hxl_kit.hdx.answers import NotFoundError, RefusedError
from hxl_kit.hdx.fields import dataset_fields, with_ids
from hxl_kit.hdx.lists import VOCABULARY
from hxl_kit.hdx.resources import resource_fields
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.reading.table import shown
from hxl_kit.targets.hdx.states import described_by
from hxl_kit.targets.hdx.undoing import TOMBSTONE
from hxl_kit.targets.hdx.wanted import Wanted, WantedResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.hdx.connection import Connection
    from hxl_kit.hdx.offering import Offer
    from hxl_kit.reading.packages import Package

_UNKNOWN_ACTION = frozenset({400, 404})


@dataclass(frozen=True)
class Wanting:
    """Asks the site for what a package names; each question once.

    Attributes:
        connection: to the site.
        organisation: the organisation's name from the command line; "" for the package's own.
        maintainer: the maintainer's, likewise.
    """

    connection: Connection
    organisation: str = ""
    maintainer: str = ""
    known: dict[str, str] = field(default_factory=dict)

    def problems(self, offer: Offer, ours: Mapping[str, Any] | None) -> tuple[str, ...]:
        """Return all that speaks against a package: of its metadata, of names that are unknown, of the site's own rules.

        `ours` is what would be sent; None where it cannot be made up for the problems before.
        """
        told = dataset_fields(offer.package, organisation=self.organisation, maintainer=self.maintainer)
        of_files = [problem for resource in resource_fields(offer) for problem in resource.problems]
        unknown = [self._unknown(*asked) for asked in self._names(told.values)]
        problems = tuple(dict.fromkeys([*offer.problems, *told.problems, *of_files, *filter(None, unknown)]))
        return problems if problems or ours is None else self._refused(ours)

    def wanted(self, offer: Offer, served_descriptor: bytes | None) -> Wanted:
        """Return the dataset that a package is to be; `served_descriptor` tells which served files were ours.

        Raises:
            DataError: something speaks against it; all of it is told.
        """
        package = offer.package
        if problems := self.problems(offer, None):
            raise DataError(f"{package.folder}: {'; '.join(problems)}")
        told = dataset_fields(package, organisation=self.organisation, maintainer=self.maintainer)
        ids = [self._id(*asked) for asked in self._names(told.values)]
        fields = with_ids(told.values, *ids)
        ours = {str(r.get("path")) for r in described_by(served_descriptor or b"").get("resources", ())}
        adopted = _adopted(package)
        resources = [
            WantedResource(r.name, r.values, r.file, r.sha256, r.bytes, adopted.get(r.name, ""))
            for r in resource_fields(offer)
        ]
        return Wanted(fields, tuple(resources), frozenset({*ours, *adopted, DESCRIPTOR, TOMBSTONE}))

    def _names(self, values: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
        """Return what is to be asked: the action, the name, and what the thing is called."""
        return (
            ("organization_show", str(values.get("owner_org") or ""), "organisation"),
            ("user_show", str(values.get("maintainer") or ""), "maintainer"),
            ("vocabulary_show", VOCABULARY, "vocabulary of tags"),
        )

    def _unknown(self, action: str, name: str, what: str) -> str:
        if not name:
            return ""
        try:
            self._id(action, name, what)
        except NotFoundError:
            return f"{what} '{shown(name)}': the site does not know it{self._nearest(action, name)}"
        return ""

    def _nearest(self, action: str, name: str) -> str:
        known = self.connection.read("organization_list") if action == "organization_show" else []
        return nearest(name, map(str, known))

    def _id(self, action: str, name: str, what: str) -> str:
        place = f"{what} {name}"
        if place not in self.known:
            options = {"include_datasets": "false"} if action == "organization_show" else {}
            self.known[place] = str(self.connection.read(action, id=name, **options)["id"])
        return self.known[place]

    def _refused(self, ours: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what the site would refuse, asked without writing anything (`package_validate`, where there is one)."""
        try:
            self.connection.write("package_validate", ours)
        except RefusedError as error:
            if error.status in _UNKNOWN_ACTION:
                return ()
            if not error.problems:
                raise
            return error.problems
        return ()


def _adopted(package: Package) -> dict[str, str]:
    """Return the ids of resources that were on the site before the package, by the names of files."""
    section = package.descriptor.get("hdx")
    ids = section.get("resource_ids") if isinstance(section, dict) else None
    return {str(k): str(v) for k, v in ids.items()} if isinstance(ids, dict) else {}
