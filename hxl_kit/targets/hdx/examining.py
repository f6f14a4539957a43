"""Examining a dataset on HDX, whichever tool left it as it is, and mending it in one request."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, TargetError
from hxl_kit.reading.packages import read_package
from hxl_kit.reading.table import shown
from hxl_kit.targets.hdx.ailments import findings
from hxl_kit.targets.hdx.case import Case
from hxl_kit.targets.hdx.committing import MovedError
from hxl_kit.targets.hdx.states import digest_of, listed_files
from hxl_kit.targets.hdx.wanted import Wanted, WantedResource
from hxl_kit.targets.target import Change, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hxl_kit.targets.hdx.case import Treatment
    from hxl_kit.targets.hdx.committing import Committing
    from hxl_kit.targets.hdx.files_served import Files
    from hxl_kit.targets.hdx.served import Served, ServedResource
    from hxl_kit.targets.hdx.wanted import Same
    from hxl_kit.targets.target import Ailment, Clear

_CARRIED = ("format", "description", "hdx_data_dictionary", "dataset_preview_enabled")
"""What a resource that is made again takes over from the one that is kept."""


def examine(committing: Committing, files: Files, dataset: str) -> tuple[Ailment, ...]:
    """Return what is not in order with a dataset: every file is read to its end. Nothing is written to the site.

    Raises:
        TargetError: the site does not answer, or refuses.
    """
    served = committing.show(dataset)
    return tuple(f.ailment for f in findings(Case.of(served, files))) if served else ()


def repair(
    committing: Committing, files: Files, dataset: str, ailments: Sequence[Ailment], clear: Clear
) -> tuple[Ailment, ...]:
    """Apply the remedies of those ailments that still hold, all in one step, and read back; return what was repaired.

    Raises:
        ClearanceError: files would be sent again of a package that may not be published; nothing was changed.
        TargetError: the site refuses, or somebody changed the dataset meanwhile; nothing was changed.
    """
    served = committing.show(dataset)
    if served is None:
        return ()
    case = Case.of(served, files)
    held = [f for f in findings(case) if f.treatment and f.ailment in ailments]
    treatments = [f.treatment for f in held if f.treatment]
    if any(treatment.deed == "delete" for treatment in treatments):
        _delete(committing, served)
    elif treatments:
        _require_cleared(case, treatments, clear)
        _mend(committing, case, treatments)
    return tuple(f.ailment for f in held)


def _require_cleared(case: Case, treatments: Sequence[Treatment], clear: Clear) -> None:
    """Ask for clearance of the package as it will be, if files are sent again.

    Of a dataset that is no package only such bytes are sent as were served before, by the hash that they had.
    """
    if not case.described or not any(treatment.deed in ("send", "add") for treatment in treatments):
        return
    name, digest = case.served.name, digest_of(case.descriptor)
    whole = State(name, digest=digest, files=listed_files(case.described, case.descriptor))
    with tempfile.TemporaryDirectory(prefix="hxl-kit-") as folder:
        try:
            case.files.copy(whole, case.served, Path(folder))
            package = read_package(Path(folder))
        except (TargetError, InputError) as error:
            raise TargetError(f"{name}: {_NOT_WHOLE}") from error
        clear(package).require(digest, name)


_NOT_WHOLE = (
    "files are sent again only where the whole package may be published, and not all of its files are to be had; "
    "nothing was repaired; publish it again"
)


def _delete(committing: Committing, served: Served) -> None:
    """Delete a dataset without files, unless somebody works on it."""
    now = committing.show(served.id)
    if now and now.pin != served.pin:
        raise _moved(committing, served)
    committing.connection.write("hdx_dataset_purge", {"id": served.id})


def _mend(committing: Committing, case: Case, treatments: Sequence[Treatment]) -> None:
    try:
        committing.make(case.served, _mended(case, treatments))
    except MovedError as error:
        raise _moved(committing, case.served) from error


def _moved(committing: Committing, served: Served) -> TargetError:
    place = f"{committing.connection.site.text}/{served.name}"
    return TargetError(f"{place}: somebody changed it meanwhile; nothing was repaired; examine it again")


@dataclass(frozen=True)
class _Mended(Wanted):
    """A dataset as it is to be when it is mended; `unclaimed` are the ids of resources that are to claim no hash."""

    unclaimed: frozenset[str] = frozenset()

    def edits(self, served: Served, same: Same) -> tuple[Change, ...]:
        claims = [(r.name, str(r.raw.get("hash") or "")) for r in served.resources if r.id in self.unclaimed]
        changes = [Change("edit", f"{name}: hash", claim, None, 0) for name, claim in claims if claim]
        return (*super().edits(served, same), *changes)


def _mended(case: Case, treatments: Sequence[Treatment]) -> _Mended:
    """Return the dataset with all of its resources as they are, but for what is mended."""
    of = {treatment.resource: treatment for treatment in treatments}
    stays = [
        _treated(case, resource, of.get(resource.id))
        for resource in case.served.resources
        if resource.id not in of or of[resource.id].deed != "remove"
    ]
    added = [_added(case, treatment) for treatment in treatments if treatment.deed == "add"]
    fields = {"private": True} if any(t.deed == "close" for t in treatments) else {}
    gone = frozenset(r.name for r in case.served.resources)
    unclaimed = frozenset(t.resource for t in treatments if t.deed == "unclaim")
    return _Mended(fields, (*stays, *added), gone, unclaimed=unclaimed)


def _treated(case: Case, resource: ServedResource, treatment: Treatment | None) -> WantedResource:
    if treatment and treatment.deed == "send":
        return _sent(case, resource.name, {}, treatment.sha256, resource.id)
    fields = {"hash": ""} if treatment else {}
    return WantedResource(resource.name, fields, None, "", 0, resource.id)


def _added(case: Case, treatment: Treatment) -> WantedResource:
    raw = case.kept_resource(treatment.resource, treatment.sha256) or {}
    return _sent(
        case,
        treatment.resource,
        {name: raw[name] for name in _CARRIED if raw.get(name)},
        treatment.sha256,
        "",
    )


def _sent(case: Case, name: str, fields: Mapping[str, Any], sha256: str, resource: str) -> WantedResource:
    """Return a resource whose kept file is sent."""
    path = case.files.kept.file(sha256)
    if path is None:
        raise TargetError(f"{case.served.name}: the kept file of {shown(name)} is gone; nothing was repaired")
    written = {
        **fields,
        "name": name,
        "hash": f"sha256:{sha256}",
        "resource_type": "file.upload",
        "url_type": "upload",
    }
    return WantedResource(name, written, path, sha256, path.stat().st_size, resource)
