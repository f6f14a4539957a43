"""The dataset that HDX is to have, as the scraper says and not as a package does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import DataError
from hxl_kit.hdx.fields import with_ids
from hxl_kit.targets.hdx.wanted import Wanted, WantedResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.hdx.names import Names
    from hxl_kit.hdx.offering import Offer
    from hxl_kit.scraping.handed import Handed


@dataclass(frozen=True)
class HandedWanting:
    """Makes of what was handed over the dataset that it is to be; a scraper goes on with datasets that are there."""

    names: Names
    handed: Handed
    takes_over = True

    def problems(self, offer: Offer, ours: Mapping[str, Any] | None) -> tuple[str, ...]:  # noqa: ARG002 - of the protocol
        """Return all that speaks against it: by HDX's client, of names that are unknown, of the site's own rules."""
        told = (*self.handed.problems, *self.names.problems(self.handed.fields))
        return told if told or ours is None else self.names.refusals(ours)

    def wanted(self, offer: Offer, served_descriptor: bytes | None) -> Wanted:  # noqa: ARG002 - of the protocol
        """Return the dataset.

        Raises:
            DataError: something speaks against it; all of it is told.
        """
        if problems := self.problems(offer, None):
            raise DataError(f"{self.handed.name}: {'; '.join(problems)}")
        fields = with_ids(self.handed.fields, *self.names.ids(self.handed.fields))
        resources = [
            WantedResource(r.name, r.fields, r.file, r.sha256, r.bytes, r.id) for r in self.handed.resources
        ]
        return Wanted(fields, tuple(resources), alone=self.handed.alone)
