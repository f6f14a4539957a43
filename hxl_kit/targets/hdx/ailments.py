"""The rules by which something is not in order with a dataset on HDX.

Nothing is believed: what an address gives is held against what the resource and the datapackage.json claim. What is
mended without a person is only what loses nothing: kept bytes are sent again, what is there twice goes once, and a page
without a single file is taken from the public until somebody publishes again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.reading.table import shown
from hxl_kit.targets.hdx.case import Finding, Treatment
from hxl_kit.targets.hdx.committing import is_hidden, is_shell
from hxl_kit.targets.hdx.withdrawals import TOMBSTONE
from hxl_kit.targets.target import Ailment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.targets.hdx.case import Case
    from hxl_kit.targets.hdx.looking import Seen
    from hxl_kit.targets.hdx.served import Served

SHELL_AGE = timedelta(days=1)
"""How old a dataset that was begun and not finished must be before it counts as abandoned."""

_SEND = "send it again from what is kept on this machine"
_SEND_YOURSELF = "publish it again with the tool that published it"


def findings(case: Case) -> tuple[Finding, ...]:
    """Return what is not in order, with what mends it."""
    if is_shell(case.served):
        return (_unfinished(case.served),)
    doubled = tuple(_doubled(case))
    gone = {f.treatment.resource for f in doubled if f.treatment}
    of_files = tuple(
        found for sight in case.sights if sight.resource.id not in gone for found in _of_file(case, sight)
    )
    package = (*_missing(case), *_left_over(case, gone))
    return (*_of_whole(case, (*of_files, *package)), *doubled, *of_files, *package)


def _unfinished(served: Served) -> Finding:
    if is_hidden(served):
        message = "was taken out of public sight, for files arrived damaged; publish the package again, or roll back"
        return Finding(Ailment("publication-unfinished", served.name, message))
    message = "was begun and not finished; publish the package again, it goes on from there"
    begun = datetime.fromisoformat(served.modified).replace(tzinfo=UTC)
    if served.resources or datetime.now(UTC) - begun < SHELL_AGE:
        return Finding(Ailment("publication-unfinished", served.name, message))
    ailment = Ailment("publication-unfinished", served.name, message, "delete it: it has no files")
    return Finding(ailment, Treatment("delete"))


def _of_whole(case: Case, others: tuple[Finding, ...]) -> Iterator[Finding]:
    """Yield that a page is public that has nothing to give."""
    if case.served.is_private or case.by_request:
        return
    mends = any(f.treatment and f.treatment.deed in ("send", "add") for f in others)
    dead = all(sight.is_dead for sight in case.sights) and any(map(case.is_of_site, case.sights))
    if case.sights and (not dead or mends):
        return
    message = (
        "is public, and none of its files can be downloaded" if case.sights else "is public and has no file"
    )
    remedy = "make it private until it is published again"
    yield Finding(Ailment("published-without-files", case.served.name, message, remedy), Treatment("close"))


def _of_file(case: Case, sight: Seen) -> Iterator[Finding]:
    place = case.place_of(sight.resource)
    if sight.resource.in_quarantine:
        message = "is kept back by the site until its staff have looked at it; wait, or ask them (it is not sent again)"
        yield Finding(Ailment("in-quarantine", place, message))
    elif sight.gives == "no-answer":
        message = (
            "gives no answer, or its address may not be asked; look again later, or put its address right"
        )
        yield Finding(Ailment("download-unanswered", place, message))
    elif not case.is_of_site(sight):
        yield from _outside(place, sight)
    elif sight.is_dead or sight.is_page or case.is_wrong(sight):
        yield from _unserved(case, sight, place)


def _outside(place: str, sight: Seen) -> Iterator[Finding]:
    way_out = "put the address right on HDX, or take the resource away"
    if sight.is_dead:
        yield Finding(
            Ailment("link-dead", place, f"points to another host, which has no such file; {way_out}")
        )
    elif sight.is_page:
        message = f"points to another host, which gives a web page in place of a file; {way_out}"
        yield Finding(Ailment("link-is-page", place, message))
    elif sight.is_other:
        message = f"points to another host, which gives another file than the one that was listed; {way_out}"
        yield Finding(Ailment("link-differs", place, message))


def _unserved(case: Case, sight: Seen, place: str) -> Iterator[Finding]:
    """Yield that a resource does not serve its file, and that its claimed hash keeps its tool from sending it."""
    rule, what = _what(sight)
    kept = case.kept(sight)
    if kept:
        yield Finding(Ailment(rule, place, what, _SEND), Treatment("send", sight.resource.id, kept))
        return
    yield Finding(Ailment(rule, place, f"{what}; {_SEND_YOURSELF}"))
    if sight.claim and not sight.resource.sha256 and (sight.is_dead or sight.md5 != sight.claimed_md5):
        message = "claims the hash of a file that it does not serve: its tool would call it unchanged and never send it"
        remedy = "take the hash away, so that the tool sends the file"
        yield Finding(Ailment("hash-untrue", place, message, remedy), Treatment("unclaim", sight.resource.id))


def _what(sight: Seen) -> tuple[str, str]:
    if sight.is_dead:
        return "download-dead", "cannot be downloaded: there is no file behind its address"
    if sight.is_page:
        return "download-is-page", "gives a web page in place of the file"
    return "download-differs", "gives another file than the one that its hash, or its size, is of"


def _doubled(case: Case) -> Iterator[Finding]:
    """Yield resources of the same name as another one; those that are dead, or the same file once more, can go."""
    for name in dict.fromkeys(r.name for r in case.served.resources):
        sights = [sight for sight in case.sights if sight.resource.name == name]
        if len(sights) > 1:
            yield from _spare(case, sights)


def _spare(case: Case, sights: list[Seen]) -> Iterator[Finding]:
    stays = max(sights, key=lambda sight: _worth(case, sight))
    remedy = f"remove it; the one with the id {stays.resource.id} stays"
    for sight in sights:
        if sight is stays:
            continue
        place = case.place_of(sight.resource)
        if _can_go(case, sight, stays):
            message = (
                "is there twice, and this one has no file"
                if sight.is_dead
                else "is there twice, the same file"
            )
            yield Finding(
                Ailment("resource-doubled", place, message, remedy), Treatment("remove", sight.resource.id)
            )
        else:
            message = "is there twice, and only a person can say which is wanted; remove the other one, or rename it"
            yield Finding(Ailment("resource-doubled", place, message))


def _worth(case: Case, sight: Seen) -> tuple[bool, bool, bool]:
    """Return by what one of several resources of a name stays: the right file, any file, one that can be sent again."""
    right = sight.is_file and not case.is_wrong(sight)
    return right, sight.is_file or sight.resource.in_quarantine, bool(case.kept(sight))


def _can_go(case: Case, sight: Seen, stays: Seen) -> bool:
    if sight.resource.in_quarantine or not case.is_of_site(sight):
        return False
    return stays.is_file and (sight.is_dead or sight.sha256 == stays.sha256)


def _missing(case: Case) -> Iterator[Finding]:
    """Yield files that the datapackage.json lists and no resource is named after; and that it is none."""
    descriptor = next((s for s in case.sights if s.resource is case.served.descriptor), None)
    if descriptor and descriptor.is_file and not case.described:
        message = f"cannot be read as a {DESCRIPTOR}; {_SEND_YOURSELF}"
        yield Finding(Ailment("descriptor-unreadable", DESCRIPTOR, message))
    names = {resource.name for resource in case.served.resources}
    for name, sha256 in case.listed.items():
        if name in names:
            continue
        message = f"is listed in {DESCRIPTOR} and not there"
        if sha256 and case.files.kept.file(sha256) and case.kept_resource(name, sha256):
            yield Finding(
                Ailment("file-missing", shown(name), message, _SEND), Treatment("add", name, sha256)
            )
        else:
            yield Finding(Ailment("file-missing", shown(name), f"{message}; {_SEND_YOURSELF}"))


def _left_over(case: Case, gone: set[str]) -> Iterator[Finding]:
    """Yield files that hxl_kit sent (by their hash) and that no longer belong to the package."""
    ours = {DESCRIPTOR, TOMBSTONE, f"{case.described.get('name')}.zip", *case.listed}
    for resource in case.served.resources if case.described else ():
        if resource.name in ours or resource.id in gone or not resource.sha256 or not resource.is_upload:
            continue
        place, message = case.place_of(resource), f"is a file of the package that {DESCRIPTOR} does not list"
        if case.files.kept.file(resource.sha256) and not resource.in_quarantine:
            remedy = "remove it; it is kept on this machine"
            yield Finding(Ailment("file-left-over", place, message, remedy), Treatment("remove", resource.id))
        else:
            yield Finding(Ailment("file-left-over", place, f"{message}; remove it if nobody wants it"))
