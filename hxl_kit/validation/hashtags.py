"""Hashtags in a package: what the schema says, what the files carry, and whether the tagged copies are copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError
from hxl_kit.reading.arrow_tags import parquet_tags
from hxl_kit.reading.table import shown
from hxl_kit.standard.messages import N_
from hxl_kit.standard.tags import Tag, core_hashtags, parse_tag
from hxl_kit.validation.copies import copy_issues, opened
from hxl_kit.validation.profile import follows_profile
from hxl_kit.validation.report import Issue, cell_address
from hxl_kit.validation.strict.parts import Resource, resources_of
from hxl_kit.validation.strict.rows import not_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.checks.rule import Severity
    from hxl_kit.reading import TableText
    from hxl_kit.reading.packages import Package

FORM = N_("carries {tag}, which is not written as hashtags are")
REPEATED = N_("carries {tag}, as {other} does: nothing tells the two apart")
UNKNOWN = N_("carries {tag}, whose hashtag is not in the HXL dictionary")
ROW = N_("has {found} in the hashtag row, and {tag} in the schema")
ROW_EMPTY = N_("has no hashtag in the hashtag row, and {tag} in the schema")
ROW_ONLY = N_("has {found} in the hashtag row, and no hashtag in the schema")
ROW_MISSING = N_("has no hashtag row, which its readers are told to expect")
PARQUET = N_("has {found} in the Parquet file, and {tag} in the schema")
PARQUET_EMPTY = N_("has no hashtag in the Parquet file, and {tag} in the schema")


@dataclass(frozen=True)
class _Tagged:
    """A table whose fields carry hashtags, and the package's files of it: `ours` if hxl_kit wrote it."""

    package: Package
    resource: Resource
    companion: Resource | None
    parquet: Resource | None
    ours: bool

    @property
    def specs(self) -> dict[str, str]:
        """The tag that each field is given in the schema, "" for none."""
        return {field["name"]: _spec(field) for field in self.resource.fields}

    @property
    def tags(self) -> dict[str, Tag | None]:
        """The same, read; a spec that is none is left out."""
        read = {name: parse_tag(spec) for name, spec in self.specs.items()}
        return {name: tag for name, tag in read.items() if tag or not self.specs[name]}


def hashtag_issues(package: Package) -> Iterator[Issue]:
    """Yield what is wrong with the hashtags of a package; one whose schemas carry none owes none."""
    for table in _tagged(package):
        yield from _schema_issues(table)
        for resource in (table.resource, table.companion):
            if resource and (path := _file(package, resource, "csv", "tsv")):
                yield from _guarded(resource, _row_issues(table, resource, path))
        if table.companion:
            yield from _guarded(table.companion, _copy_issues(table, table.companion))
        if table.parquet and (path := _file(package, table.parquet, "parquet")):
            yield from _guarded(table.parquet, _parquet_issues(table, table.parquet, path))


def _tagged(package: Package) -> Iterator[_Tagged]:
    resources = {str(found.descriptor.get("name")): found for found in resources_of(package)}
    ours = follows_profile(package.descriptor)
    for name, resource in resources.items():
        if name.removesuffix("-hxl") in resources and name.endswith("-hxl"):
            continue
        if any(_spec(field) for field in resource.fields):
            beside = resources.get(f"{name}-parquet")
            parquet = resource if resource.format == "parquet" else beside
            yield _Tagged(package, resource, resources.get(f"{name}-hxl"), parquet, ours)


def _spec(field: dict[str, Any]) -> str:
    given = field.get("hxl_tag", "")
    return given.strip() if isinstance(given, str) else str(given)


def _file(package: Package, resource: Resource, *formats: str) -> Path | None:
    """Return the one file of a resource of such a format, None where it has none; its absence is told elsewhere."""
    if resource.format not in formats or not isinstance(resource.descriptor.get("path"), str):
        return None
    path = package.path_of(resource.descriptor)
    return path if path.is_file() else None


def _guarded(resource: Resource, issues: Iterator[Issue]) -> Iterator[Issue]:
    try:
        yield from issues
    except InputError as error:
        yield not_checked("hashtags", resource, error)


def _schema_issues(table: _Tagged) -> Iterator[Issue]:
    """Yield tags of a schema that are none, not in the dictionary, or there twice.

    HXL lets others do the latter two on purpose: in their packages that is worth knowing, and no more.
    """
    name = table.resource.name
    known = {core.hashtag for core in core_hashtags()}
    carriers: dict[Tag, str] = {}
    for field, spec in table.specs.items():
        params: dict[str, object] = {"tag": shown(spec)}
        tag = parse_tag(spec)
        if spec and not tag:
            yield _issue("hashtag-form", "error", name, FORM, field, params)
        elif tag:
            if tag.hashtag not in known:
                severity: Severity = "warning" if table.ours else "info"
                yield _issue("hashtag-unknown", severity, name, UNKNOWN, field, params)
            if (other := carriers.setdefault(tag, field)) != field:
                severity = "error" if table.ours else "info"
                params["other"] = shown(other)
                yield _issue("hashtag-repeated", severity, name, REPEATED, field, params)


def _issue(
    slug: str, severity: Severity, resource: str, message: str, field: str, params: dict[str, object]
) -> Issue:
    return Issue(slug, severity, resource, message, field=field, params=params)


def _row_issues(table: _Tagged, resource: Resource, path: Path) -> Iterator[Issue]:
    with opened(resource, path) as text:
        if any(text.tags):
            yield from _unlike(table, resource, text)
        elif _owes_row(table, resource):
            yield Issue("hashtag-row", "error", resource.name, ROW_MISSING)


def _owes_row(table: _Tagged, resource: Resource) -> bool:
    """Whether a file must have a hashtag row: a companion, and one of ours whose dialect leaves rows out."""
    return resource is table.companion or (table.ours and bool(resource.dialect.get("commentRows")))


def _unlike(table: _Tagged, resource: Resource, text: TableText) -> Iterator[Issue]:
    """Yield the columns whose tag in the file is another than in the schema, in the order of the columns."""
    row, tags = text.first_row - 1, table.tags
    for number, (field, found) in enumerate(_columns(resource, text), start=1):
        if field not in tags or tags[field] == found:
            continue
        params: dict[str, object] = {}
        if found:
            params["found"] = shown(str(found))
        if said := tags[field]:
            params["tag"] = shown(str(said))
        message = (ROW if said else ROW_ONLY) if found else ROW_EMPTY
        address = cell_address(row, number)
        yield Issue("hashtag-row", "error", resource.name, message, row, field, address, params=params)


def _columns(resource: Resource, text: TableText) -> Iterator[tuple[str, Tag | None]]:
    """Yield the field and the tag of each column: by place if the schema lists all of them in order, else by name."""
    if resource.schema.get("fieldsMatch", "exact") not in ("exact", ["exact"]):
        yield from zip(text.header, text.tags, strict=True)
        return
    names = [field["name"] for field in resource.fields]
    yield from zip(names, text.tags, strict=False)


def _copy_issues(table: _Tagged, companion: Resource) -> Iterator[Issue]:
    clean = _file(table.package, table.resource, "csv", "tsv")
    tagged = _file(table.package, companion, "csv", "tsv")
    if clean and tagged:
        yield from copy_issues((table.resource, clean), (companion, tagged))


def _parquet_issues(table: _Tagged, resource: Resource, path: Path) -> Iterator[Issue]:
    carried = parquet_tags(path)
    if not any(carried.values()) and not table.ours:
        return
    for field, said in table.tags.items():
        spec = carried.get(field)
        if said is None or field not in carried or (spec and parse_tag(spec) == said):
            continue
        params: dict[str, object] = {"tag": shown(str(said))}
        if spec:
            params["found"] = shown(spec)
        message = PARQUET if spec else PARQUET_EMPTY
        yield _issue("parquet-hashtags", "error", resource.name, message, field, params)
