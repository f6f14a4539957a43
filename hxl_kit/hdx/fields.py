"""From a package to the fields of a dataset on HDX: what is said is taken, what can be derived is derived.

The rules are HDX's for datasets (`docs/hdx.md`). Everything that HDX, or its own client, would refuse is told at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hxl_kit import __version__
from hxl_kit.errors import nearest
from hxl_kit.hdx import lists
from hxl_kit.hdx.asking import request_values
from hxl_kit.hdx.client_rules import dataset_refusals
from hxl_kit.hdx.comparing import same
from hxl_kit.hdx.covering import countries, is_subnational, period, publishers
from hxl_kit.hdx.section import FIRST_PREVIEW, NO_PREVIEW, Section, section_of
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hxl_kit.reading.packages import Package

__all__ = ["DatasetFields", "approved_tags", "dataset_fields", "same", "with_ids", "with_kept_tags"]

_NAME = re.compile(r"[a-z0-9_-]{2,100}")
_LIVE, _NEVER = "0", "-1"
_OTHER_METHOD, _OTHER_LICENCE, _SEVERAL_LICENCES = "Other", "hdx-other", "hdx-multi"
_MAY_BE_EMPTY_IF_PRIVATE = frozenset(
    {"notes", "methodology", "methodology_other", "dataset_date", "data_update_frequency", "groups"}
)

Problem = tuple[str, str]
"""The field that a problem is of, and a sentence with the way out."""

Part = tuple[dict[str, Any], list[Problem]]


@dataclass(frozen=True)
class DatasetFields:
    """The fields of a dataset, organisation and maintainer still as names, and all that speaks against them.

    An empty text clears what a server has in a field.
    """

    values: Mapping[str, Any]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class _Told:
    """A package, what it says for HDX, and who publishes it."""

    package: Package
    section: Section
    organisation: str
    maintainer: str

    def text(self, name: str) -> str:
        """Return a text of the descriptor without what stands around it; "" where there is none."""
        value = self.package.descriptor.get(name)
        return value.replace("\r\n", "\n").replace("\r", "\n").strip() if isinstance(value, str) else ""

    def listed(self, name: str) -> list[Any]:
        """Return a list of the descriptor; an empty one where there is none."""
        value = self.package.descriptor.get(name)
        return value if isinstance(value, list) else []


def dataset_fields(package: Package, *, organisation: str = "", maintainer: str = "") -> DatasetFields:
    """Return the fields of the dataset that a package becomes, ready for `package_create` and `package_revise`.

    Args:
        package: the package.
        organisation: the name of the organisation; "" takes the one that the package names.
        maintainer: the user name of the maintainer; "" takes the one that the package names.

    Raises:
        InputError: a refreshed list of HDX cannot be read.
    """
    section, wrong = section_of(package.descriptor)
    told = _Told(package, section, organisation or section.organisation, maintainer or section.maintainer)
    values: dict[str, Any] = {}
    found: list[Problem] = []
    for part in _PARTS:
        made, problems = part(told)
        values |= made
        found += problems
    found = [problem for problem in found if not _is_forgiven(problem[0], values, section)]
    forgiven = _MAY_BE_EMPTY_IF_PRIVATE if section.private else frozenset()
    told_fields = {name for name, _ in found} | forgiven
    refusals = dataset_refusals(values, told_fields)
    sentences = (*wrong, *(sentence for _, sentence in found), *refusals)
    return DatasetFields(MappingProxyType(values), tuple(dict.fromkeys(sentences)))


def with_ids(
    values: Mapping[str, Any], organisation: str, maintainer: str, vocabulary: str
) -> dict[str, Any]:
    """Return the fields as a server wants them: ids for names, and the vocabulary that each tag is of.

    Args:
        values: `DatasetFields.values`.
        organisation: the id of the organisation, as `organization_show` tells it.
        maintainer: the id of the user, as `user_show` tells it.
        vocabulary: the id of the vocabulary of approved tags, as `vocabulary_show` tells it.
    """
    tags = [{**tag, "vocabulary_id": vocabulary} for tag in values["tags"]]
    return {**values, "owner_org": organisation, "maintainer": maintainer, "tags": tags}


def with_kept_tags(values: Mapping[str, Any], served: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with the tags of single crises that HDX's staff gave the served dataset: an update keeps them.

    Fields that do not write tags are returned as they are.
    """
    if "tags" not in values:
        return dict(values)
    given = [tag for tag in served.get("tags") or () if str(tag.get("name", "")).startswith(lists.CRISIS)]
    kept = [{key: tag[key] for key in ("name", "vocabulary_id") if key in tag} for tag in given]
    return {**values, "tags": [*values["tags"], *kept]}


def _is_forgiven(field: str, values: Mapping[str, Any], section: Section) -> bool:
    """Whether a private dataset may have the problem: HDX lets it leave some fields empty, not wrong."""
    return section.private and field in _MAY_BE_EMPTY_IF_PRIVATE and not values.get(field)


def _naming(told: _Told) -> Part:
    name, title, notes = told.package.name, told.text("title"), told.text("description")
    problems = []
    if not _NAME.fullmatch(name):
        problems.append(
            (
                "name",
                f"name: '{shown(name)}' is no name on HDX; use 2 to 100 small letters, digits and hyphens",
            )
        )
    if not title:
        problems.append(("title", "title: is missing; give the package a title of one line"))
    if not notes:
        problems.append(
            ("notes", "description: is missing; say what the package holds, where from and for whom")
        )
    return {"name": name, "title": title, "notes": notes, "caveats": told.text("caveats")}, problems


def _people(told: _Told) -> Part:
    source = told.section.source or ", ".join(publishers(told.package))
    made = {"owner_org": told.organisation, "maintainer": told.maintainer, "dataset_source": source}
    ways = {
        "owner_org": "hdx.organisation: is missing; name the organisation in package.yaml or with --organisation",
        "maintainer": "hdx.maintainer: is missing; name a member of the organisation in package.yaml or with --maintainer",
        "dataset_source": "hdx.source: is missing, and the sources name no publisher; say whose data they are",
    }
    return made, [(field, way) for field, way in ways.items() if not made[field].strip()]


def _licence(told: _Told) -> Part:
    entries = [entry for entry in told.listed("licenses") if isinstance(entry, dict)]
    if not entries:
        return {"license_id": "", "license_other": ""}, [
            (
                "license_id",
                "licences: none is named; name one, such as CC-BY-4.0 (`hxl-kit codelists licence`)",
            )
        ]
    known = {name.lower(): ours for name, ours in lists.licences().items()}
    ids = {known.get(str(entry.get("name", "")).lower(), _OTHER_LICENCE) for entry in entries}
    if len(entries) > 1 and ids != {_OTHER_LICENCE}:
        only = ids.pop() if len(ids) == 1 else _SEVERAL_LICENCES
        return {"license_id": only, "license_other": ""}, []
    if ids != {_OTHER_LICENCE}:
        return {"license_id": ids.pop(), "license_other": ""}, []
    return _other_licence(entries)


def _other_licence(entries: Sequence[Mapping[str, Any]]) -> Part:
    """Return HDX's licence `Other` with the terms in words; a bare "other" says nothing of them."""
    terms = "; ".join(filter(None, (_terms(entry) for entry in entries)))
    problem = ("license_other", "licences: 'other' needs a title that says the terms, or a path to them")
    return {"license_id": _OTHER_LICENCE, "license_other": terms}, [] if terms else [problem]


def _terms(entry: Mapping[str, Any]) -> str:
    name, title, path = (str(entry.get(key) or "").strip() for key in ("name", "title", "path"))
    words = title if title.lower() != "other" else ""
    words = words or (name if name.lower() != "other" else "")
    return f"{words} ({path})" if words and path else words or path


def _methodology(told: _Told) -> Part:
    text = told.text("methodology")
    chosen = told.section.methodology or (_OTHER_METHOD if text else "")
    other = text if chosen == _OTHER_METHOD else ""
    problems = []
    if not chosen:
        problems.append(
            (
                "methodology",
                f"methodology: is missing; say how the data were made, or choose hdx.methodology ({_choices()})",
            )
        )
    elif chosen == _OTHER_METHOD and not text:
        problems.append(
            ("methodology_other", "hdx.methodology: is Other; say in methodology how the data were made")
        )
    return {"methodology": chosen, "methodology_other": other}, problems


def _choices() -> str:
    return ", ".join(lists.methodologies())


def _period(told: _Told) -> Part:
    given = told.section.date
    days = (given["start"], given["end"]) if given else period(told.package)
    if days is None:
        way = "hdx.date: is missing, and the data have no dates; give start and end (a day, or ongoing)"
        return {}, [("dataset_date", way)]
    start, end = days
    if wrong := [day for day in days if day != "ongoing" and not _is_day(day)]:
        return {}, [
            ("dataset_date", f"hdx.date: {shown(wrong[0])} is no day of the calendar; write 2024-12-31")
        ]
    if end != "ongoing" and end < start:
        return {}, [("dataset_date", f"hdx.date: ends on {end}, before it starts on {start}; put it right")]
    last = "*" if end == "ongoing" else f"{end}T23:59:59"
    return {"dataset_date": f"[{start}T00:00:00 TO {last}]"}, []


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _frequency(told: _Told) -> Part:
    if told.section.archived:
        return {"data_update_frequency": _NEVER}, []
    said, known = str(told.section.frequency).strip().lower(), lists.frequencies()
    names = ", ".join(lists.hdx_list("frequencies").column("title"))
    field = "data_update_frequency"
    if not said:
        return {}, [(field, f"hdx.frequency: is missing; say how often the data are updated ({names})")]
    if said not in known:
        return {}, [
            (
                field,
                f"hdx.frequency: no frequency '{shown(said)}'{nearest(said, known)}; it is one of {names}",
            )
        ]
    if known[said] == _LIVE:
        return {}, [
            (
                field,
                "hdx.frequency: live is for data behind an address elsewhere, not for files that are sent",
            )
        ]
    return {field: known[said]}, []


def _places(told: _Told) -> Part:
    said = told.section.locations or countries(told.package)
    codes = list(dict.fromkeys(code.lower() for code in said))
    known, chosen = lists.locations(), told.section.subnational
    problems = [
        ("groups", f"hdx.locations: '{shown(code)}' is no location of HDX{_world(code)}")
        for code in codes
        if code not in known
    ]
    if not codes:
        problems.append(
            (
                "groups",
                "hdx.locations: is missing, and the data name no country; list codes such as SYR, or world",
            )
        )
    within = is_subnational(told.package) if chosen is None else chosen
    groups = [{"name": code} for code in codes if code in known]
    return {"groups": groups, "subnational": "1" if within else "0"}, problems


def _world(code: str) -> str:
    return (
        "; did you mean 'world'?"
        if code in ("wld", "wor", "all")
        else "; use ISO 3166-1 alpha-3, such as SYR, or world"
    )


def _tags(told: _Told) -> Part:
    words = told.section.tags or tuple(str(word) for word in told.listed("keywords"))
    place = "hdx.tags" if told.section.tags else "keywords"
    tags, problems = approved_tags(words, place)
    if not words:
        problems.append(("tags", "keywords: there are none; name approved tags (`hxl-kit hdx-lists tags`)"))
    return {"tags": tags}, problems


def approved_tags(words: Iterable[str], place: str) -> tuple[list[dict[str, str]], list[Problem]]:
    """Return the tags that words stand for, those that HDX replaces replaced, and the problems of words that are none."""
    approved, mapping = set(lists.approved_tags()), lists.tag_mapping()
    tags: dict[str, None] = {}
    problems: list[Problem] = []
    for word in (" ".join(word.split()).lower() for word in words):
        if word in approved:
            tags[word] = None
        elif word in mapping:
            tags |= dict.fromkeys(mapping[word])
        else:
            problems.append(("tags", f"{place}: {_wrong_tag(word, approved, place)}"))
    return [{"name": tag} for tag in tags], problems


def _wrong_tag(word: str, approved: Iterable[str], place: str) -> str:
    if word.startswith(lists.CRISIS):
        return f"'{shown(word)}' is a tag that only HDX's own staff give; leave it out"
    elsewhere = "" if place == "hdx.tags" else ", or list the tags for HDX in hdx.tags"
    hint = nearest(word, approved)
    return f"'{shown(word)}' is none of HDX's approved tags (`hxl-kit hdx-lists tags`){hint}{'' if hint else ';'} change it{elsewhere}"


def _access(told: _Told) -> Part:
    section = told.section
    made: dict[str, Any] = {
        "private": section.private,
        "archived": section.archived,
        "is_requestdata_type": section.by_request,
        "updated_by_script": f"hxl_kit {__version__}",
    }
    return {**made, **(request_values(told.package) if section.by_request else {})}, []


def _preview(told: _Told) -> Part:
    chosen = told.section.preview
    if chosen == NO_PREVIEW or told.section.by_request:
        return {"dataset_preview": "no_preview"}, []
    if chosen == FIRST_PREVIEW:
        return {"dataset_preview": "first_resource"}, []
    paths = [
        str(resource["path"]) for resource in told.package.resources if isinstance(resource.get("path"), str)
    ]
    if chosen in paths:
        return {"dataset_preview": "resource_id"}, []
    way = f"hdx.preview: the package has no file '{shown(chosen)}'{nearest(chosen, paths)}; write none, first, or its path"
    return {"dataset_preview": "no_preview"}, [("dataset_preview", way)]


_PARTS = (
    _naming,
    _people,
    _licence,
    _methodology,
    _period,
    _frequency,
    _places,
    _tags,
    _access,
    _preview,
)
