"""Finding datasets on HDX: by organisation, location, tag or words, a page of full metadata at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import TargetError, UsageError, nearest
from hxl_kit.hdx.answers import UnansweredError
from hxl_kit.reading.table import shown
from hxl_kit.standard.codelists import codelist

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hxl_kit.hdx.connection import Connection

PAGE_ROWS = 100
VOCABULARY = "Topics"
"""The vocabulary of HDX's approved tags; CKAN's search has its tags under `vocab_<name>`."""

WORLD = "world"
_WORD = re.compile(r"[\w.:-]+(?: [\w.:-]+)*")


@dataclass(frozen=True)
class Question:
    """Which datasets are asked for; what is "" is not asked. All that is given must hold."""

    organisation: str = ""
    location: str = ""
    tag: str = ""
    query: str = ""

    def as_json(self) -> dict[str, str]:
        """Return what was asked, by name, without what was not."""
        return {name: text for name, text in vars(self).items() if text}

    @property
    def filters(self) -> str:
        """The question as CKAN's search takes it in `fq` (https://solr.apache.org/guide, standard query parser)."""
        asked = {
            "organization": self.organisation,
            "groups": self.location.lower(),
            f"vocab_{VOCABULARY}": self.tag.lower(),
        }
        return " ".join(f'+{field}:"{text}"' for field, text in asked.items() if text)

    def require_sound(self) -> None:
        """Refuse a question that cannot be asked, or that asks for everything.

        Raises:
            UsageError: nothing is asked, a name has characters that no name has, or there is no such location.
        """
        if not self.as_json():
            raise UsageError("sync: say which datasets: --organisation, --location, --tag or --query")
        for name in ("organisation", "location", "tag"):
            text = getattr(self, name)
            if text and not _WORD.fullmatch(text):
                raise UsageError(f"sync: --{name} '{shown(text)}' is no name that HDX could have")
        codes = [code.lower() for code in codelist("location").values]
        if self.location and self.location.lower() not in (*codes, WORLD):
            near = nearest(self.location.lower(), (*codes, WORLD))
            raise UsageError(
                f"sync: no location '{shown(self.location)}'{near}; HDX's are ISO3 codes such as SYR, and {WORLD}"
            )


def found(connection: Connection, question: Question) -> Iterator[dict[str, Any]]:
    """Yield the metadata of each dataset that a question asks for, in the order of their names, each once.

    One request brings a page of up to 100 datasets with all their resources.

    Raises:
        UsageError: the question cannot be asked, or names an organisation that is not there.
        TargetError: the server refuses, is unreachable, or lists something else than datasets.
    """
    question.require_sound()
    seen: set[str] = set()
    start, count = 0, 1
    while start < count:
        page = _page(connection, question, start)
        listed, count = page["results"], page["count"]
        if not listed and start < count:
            raise UnansweredError(
                f"{connection.site.text}: package_search lists fewer datasets than it counts"
            )
        yield from (dataset for dataset in listed if _is_new(dataset, seen))
        start += len(listed)
    if not seen:
        _require_organisation(connection, question)


def _page(connection: Connection, question: Question, start: int) -> Mapping[str, Any]:
    asked: dict[str, str | int] = {
        "q": question.query or "*:*",
        "sort": "name asc",
        "rows": PAGE_ROWS,
        "start": start,
    }
    page = connection.read(
        "package_search", **asked, **({"fq": question.filters} if question.filters else {})
    )
    if (
        not isinstance(page, dict)
        or not isinstance(page.get("results"), list)
        or not isinstance(page.get("count"), int)
        or not all(isinstance(dataset, dict) for dataset in page["results"])
    ):
        raise TargetError(
            f"{connection.site.text}: package_search lists no datasets; is this the address of a CKAN?"
        )
    return page


def _is_new(dataset: Mapping[str, Any], seen: set[str]) -> bool:
    """Whether a dataset comes for the first time: what changes while pages are read may stand on two of them."""
    known = str(dataset.get("id"))
    if known in seen:
        return False
    seen.add(known)
    return True


def _require_organisation(connection: Connection, question: Question) -> None:
    if not question.organisation:
        return
    names = [str(name) for name in connection.read("organization_list")]
    if question.organisation not in names:
        raise UsageError(
            f"{connection.site.text}: no organisation '{shown(question.organisation)}'"
            f"{nearest(question.organisation, names)}"
        )
