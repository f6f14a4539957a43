"""From a package to the dataset that it is to be, with the ids that the site has for names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from hxl_kit.errors import DataError
from hxl_kit.hdx.fields import dataset_fields, with_ids
from hxl_kit.hdx.offering import names_sent
from hxl_kit.hdx.resources import resource_fields
from hxl_kit.targets.hdx.states import described_by
from hxl_kit.targets.hdx.wanted import Wanted, WantedResource
from hxl_kit.targets.hdx.withdrawals import TOMBSTONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.hdx.names import Names
    from hxl_kit.hdx.offering import Offer
    from hxl_kit.reading.packages import Package


class Wants(Protocol):
    """Makes of a package the dataset that it is to be."""

    @property
    def takes_over(self) -> bool:
        """Whether a dataset may be written over that somebody made by other means."""

    def problems(self, offer: Offer, ours: Mapping[str, Any] | None) -> tuple[str, ...]:
        """Return all that speaks against it; `ours` is what would be sent, None before that can be made up."""

    def wanted(self, offer: Offer, served_descriptor: bytes | None) -> Wanted:
        """Return the dataset; `served_descriptor` tells which served files are of an earlier version."""


@dataclass(frozen=True)
class Wanting:
    """Makes of a package, by what it says of itself, the dataset that it is to be.

    Attributes:
        names: asks the site for what the package names.
        organisation: the organisation's name from the command line; "" for the package's own.
        maintainer: the maintainer's, likewise.
    """

    names: Names
    organisation: str = ""
    maintainer: str = ""
    takes_over = False

    def problems(self, offer: Offer, ours: Mapping[str, Any] | None) -> tuple[str, ...]:
        """Return all that speaks against a package: of its metadata, of names that are unknown, of the site's own rules.

        `ours` is what would be sent; None where it cannot be made up for the problems before.
        """
        told = dataset_fields(offer.package, organisation=self.organisation, maintainer=self.maintainer)
        of_files = [problem for resource in resource_fields(offer) for problem in resource.problems]
        unknown = self.names.problems(told.values)
        problems = tuple(dict.fromkeys([*offer.problems, *told.problems, *of_files, *unknown]))
        return problems if problems or ours is None else self.names.refusals(ours)

    def wanted(self, offer: Offer, served_descriptor: bytes | None) -> Wanted:
        """Return the dataset that a package is to be; `served_descriptor` tells which served files were ours.

        Raises:
            DataError: something speaks against it; all of it is told.
        """
        package = offer.package
        if problems := self.problems(offer, None):
            raise DataError(f"{package.folder}: {'; '.join(problems)}")
        told = dataset_fields(package, organisation=self.organisation, maintainer=self.maintainer)
        fields = with_ids(told.values, *self.names.ids(told.values))
        ours = names_sent(described_by(served_descriptor or b""))
        adopted = _adopted(package)
        resources = [
            WantedResource(r.name, r.values, r.file, r.sha256, r.bytes, adopted.get(r.name, ""))
            for r in resource_fields(offer)
        ]
        # A dataset by request takes no file, also not the one that tells of withdrawals.
        told_of = {TOMBSTONE} if fields.get("is_requestdata_type") else set[str]()
        called = {name: str(told.values[name]) for name in ("owner_org", "maintainer")}
        return Wanted(fields, tuple(resources), frozenset({*ours, *adopted, *told_of}), names=called)


def _adopted(package: Package) -> dict[str, str]:
    """Return the ids of resources that were on the site before the package, by the names of files."""
    section = package.descriptor.get("hdx")
    ids = section.get("resource_ids") if isinstance(section, dict) else None
    return {str(k): str(v) for k, v in ids.items()} if isinstance(ids, dict) else {}
