"""Access and terms of the sources: what the table `sources` allows, held against the rows that rest on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.clearance.outcome import Objection, objection
from hxl_kit.clearance.resting import FREE, Document, Resting, documents_of, resting_on
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.packages import Package


@dataclass(frozen=True)
class _Case:
    """A source with what rests on it, in a package under some licences."""

    document: Document
    resting: Resting
    licences: tuple[str, ...]

    @property
    def only_aggregates(self) -> bool:
        """Whether all that rests on it are aggregates that say what they are of, the source's release among it."""
        return self.document.has_release and not self.resting.single and not self.resting.untold

    def objection(self, rule: str, told: str) -> Objection:
        """Return the objection of a rule to these rows."""
        document = self.document
        params = {
            "source": shown(document.source),
            "access": shown(document.access) or "not said",
            "licence": document.licence or "not known",
            "licences": ", ".join(self.licences) or "no licence",
            "resting": told,
        }
        return objection(rule, params, column=document.source, rows=self.resting.total)


def terms_objections(package: Package) -> Iterator[Objection]:
    """Yield what speaks against publishing rows of the package's sources; nothing without a table of sources."""
    documents = documents_of(package)
    if not documents:
        return
    resting = resting_on(package, documents)
    licences = _licences(package)
    for document in documents:
        case = _Case(document, resting[document.source], licences)
        yield from _access(case)
        yield from _redistribution(case)
    for source in sorted(resting.keys() - {document.source for document in documents}):
        yield _Case(Document(source), resting[source], licences).objection(
            "terms-unknown", resting[source].told
        )


def _access(case: _Case) -> Iterator[Objection]:
    """Yield what speaks against a source that is not public.

    Of a restricted source go aggregates where its terms allow them, and a mention on which no row rests.
    """
    document, resting = case.document, case.resting
    if document.access == "public":
        return
    restricted = document.access == "restricted"
    if restricted and resting.is_none:
        yield _look(case, "is restricted; no row rests on it, it is only named")
    elif restricted and document.redistribution == "aggregates_only" and case.only_aggregates:
        yield _look(case, f"is restricted; its terms allow aggregates, and all are: {resting.told}")
    else:
        yield case.objection("access", resting.told)


def _look(case: _Case, words: str) -> Objection:
    message = f"source '{shown(case.document.source)}' {words}"
    return Objection("access", "", case.document.source, case.resting.total, message, "", blocks=False)


def _redistribution(case: _Case) -> Iterator[Objection]:
    document, resting = case.document, case.resting
    if document.redistribution in FREE or resting.is_none:
        return
    match document.redistribution:
        case "forbidden":
            yield case.objection("terms-forbidden", resting.told)
        case "aggregates_only":
            if not case.only_aggregates:
                yield case.objection("terms-aggregates-only", _basis(case))
        case "share_alike":
            if document.licence.casefold() not in {name.casefold() for name in case.licences}:
                yield case.objection("terms-share-alike", resting.told)
        case _:
            yield case.objection("terms-unknown", resting.told)


def _basis(case: _Case) -> str:
    """What is no aggregate, or what aggregates lack."""
    if case.resting.single:
        return f"no aggregates with a basis: {case.resting.told_single}"
    lacking = "" if case.document.has_release else ", which names no release (version, day or SHA-256)"
    return f"{case.resting.told}{lacking}"


def _licences(package: Package) -> tuple[str, ...]:
    """Return the names of the package's licences."""
    listed = package.descriptor.get("licenses")
    named = (
        [entry.get("name") for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    )
    return tuple(shown(name) for name in named if isinstance(name, str))
