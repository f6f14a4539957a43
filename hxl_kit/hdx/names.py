"""What a site calls the things that metadata name, and whether it would take a dataset; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import nearest
from hxl_kit.hdx.answers import NotFoundError, RefusedError
from hxl_kit.hdx.lists import VOCABULARY
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.hdx.connection import Connection

_UNKNOWN_ACTION = frozenset({400, 404})

Asked = tuple[str, str, str]
"""An action, the name to ask it for, and what the thing is called."""


@dataclass(frozen=True)
class Names:
    """Asks a site for the names in metadata; each question once."""

    connection: Connection
    known: dict[Asked, str] = field(default_factory=dict)

    def problems(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return a sentence for each name in a dataset's fields that the site does not know."""
        return tuple(filter(None, map(self._unknown, _asked(values))))

    def ids(self, values: Mapping[str, Any]) -> tuple[str, str, str]:
        """Return the ids of the organisation, of the maintainer, and of the vocabulary of tags.

        Raises:
            NotFoundError: the site does not know one of them.
        """
        organisation, maintainer, vocabulary = map(self._id, _asked(values))
        return organisation, maintainer, vocabulary

    def refusals(self, ours: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what the site would refuse in a dataset, by its own dry run (`package_validate`), if it has one."""
        try:
            self.connection.write("package_validate", ours)
        except RefusedError as error:
            if error.status in _UNKNOWN_ACTION:
                return ()
            if not error.problems:
                raise
            return error.problems
        return ()

    def _unknown(self, asked: Asked) -> str:
        action, name, what = asked
        if not name:
            return ""
        try:
            self._id(asked)
        except NotFoundError:
            return f"{what} '{shown(name)}': the site does not know it{self._nearest(action, name)}"
        return ""

    def _nearest(self, action: str, name: str) -> str:
        known = self.connection.read("organization_list") if action == "organization_show" else []
        return nearest(name, map(str, known))

    def _id(self, asked: Asked) -> str:
        if asked not in self.known:
            action, name, _ = asked
            options = {"include_datasets": "false"} if action == "organization_show" else {}
            self.known[asked] = str(self.connection.read(action, id=name, **options)["id"])
        return self.known[asked]


def _asked(values: Mapping[str, Any]) -> tuple[Asked, Asked, Asked]:
    return (
        ("organization_show", str(values.get("owner_org") or ""), "organisation"),
        ("user_show", str(values.get("maintainer") or ""), "maintainer"),
        ("vocabulary_show", VOCABULARY, "vocabulary of tags"),
    )
