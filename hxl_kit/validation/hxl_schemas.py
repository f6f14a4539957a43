"""HXL schemas among the checks: what a legacy `#valid_*` schema, or HXL's core schema, finds in a tagged table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from hxl_kit.hxl_schema import core_schema, hxl_issues, read_schema
from hxl_kit.reading import open_table
from hxl_kit.reading.table import shown
from hxl_kit.standard.messages import N_
from hxl_kit.standard.tags import parse_tag
from hxl_kit.validation.report import Issue, cell_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hxl_kit.hxl_schema import Finding, HxlSchema
    from hxl_kit.reading.packages import Package
    from hxl_kit.reading.table import TableText
    from hxl_kit.validation.selection import Selection

DESCRIPTION_CHARACTERS = 300

UNTAGGED = N_("has no hashtag row, so that no rule of an HXL schema can be applied")
NEAREST = N_("is not one of the values that are allowed here; the nearest is '{suggested}'")


def hxl_schema_issues(
    path: Path,
    schema: Path | None,
    *,
    lists: Mapping[str, Path] | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Iterator[Issue]:
    """Yield what a schema finds in a table's file, named after the file.

    Args:
        path: a tagged table.
        schema: the schema's file; None for HXL's core schema.
        lists: local files for lists of values that the schema names by address.
        sheet: the sheet of the table's workbook.
        encoding: the encoding of the table's text.

    Raises:
        InputError: a file cannot be read, or the schema is none.
    """
    rules = schema_in(schema, lists)
    with open_table(path, sheet=sheet, encoding=encoding) as text:
        yield from tagged_issues(path.name, text, rules)


@dataclass(frozen=True)
class SchemaFile:
    """A legacy HXL schema: its file (None: HXL's core schema), and local files for lists of values that it names by address."""

    path: Path | None = None
    lists: Mapping[str, Path] = field(default_factory=dict)

    def issues(
        self, path: Path, chosen: Selection, *, sheet: str | None = None, encoding: str | None = None
    ) -> Iterator[Issue]:
        """Yield what it finds in a table's file of what was asked for.

        Raises:
            InputError: a file cannot be read, or the schema is none.
        """
        found = hxl_schema_issues(path, self.path, lists=self.lists, sheet=sheet, encoding=encoding)
        return (issue for issue in found if chosen.runs("hxl-schema", issue.rule))

    def package_issues(self, package: Package, chosen: Selection) -> Iterator[Issue]:
        """Yield what it finds in a package's tagged tables of what was asked for.

        A table has the hashtags of its file's hashtag row, else its schema's; one with a companion is looked at there.

        Raises:
            InputError: a file cannot be read, or the schema is none.
        """
        rules, tagged = schema_in(self.path, self.lists), False
        for resource in _single_files(package):
            with open_table(package.path_of(resource)) as text:
                known = text if any(text.tags) else _tagged_by_schema(text, resource, package)
                tagged = tagged or any(known.tags)
                found = tagged_issues(str(resource["name"]), known, rules) if any(known.tags) else ()
                yield from (issue for issue in found if chosen.runs("hxl-schema", issue.rule))
        if not tagged and chosen.runs("hxl-schema", "hxl-untagged"):
            yield Issue("hxl-untagged", "error", "", UNTAGGED)


def schema_in(path: Path | None, lists: Mapping[str, Path] | None = None) -> HxlSchema:
    """Return the schema of a file; without one HXL's core schema.

    Raises:
        InputError: the file cannot be read, or is no schema.
    """
    if path is None:
        return core_schema()
    with open_table(path) as text:
        return read_schema(text, lists=lists)


def tagged_issues(resource: str, text: TableText, schema: HxlSchema) -> Iterator[Issue]:
    """Yield what a schema finds in a table that is open: a resource of a package, or a file."""
    if not any(text.tags):
        yield Issue("hxl-untagged", "error", resource, UNTAGGED)
        return
    yield from (_issue(resource, finding) for finding in hxl_issues(text, schema))


def _single_files(package: Package) -> Iterator[dict[str, Any]]:
    """Yield the tables and their companions that are one CSV file each."""
    for resource in package.resources:
        path = resource.get("path")
        delimited = isinstance(path, str) and path.lower().endswith((".csv", ".tsv"))
        if delimited and "schema" in resource and package.path_of(resource).is_file():
            yield resource


def _tagged_by_schema(text: TableText, resource: dict[str, Any], package: Package) -> TableText:
    """Return a table with the `hxl_tag` of its schema's fields, by name; without, if it has a companion."""
    if any(other.get("name") == f"{resource['name']}-hxl" for other in package.resources):
        return text
    schema = resource["schema"]
    fields = schema.get("fields") if isinstance(schema, dict) else None
    listed = [f for f in fields if isinstance(f, dict)] if isinstance(fields, list) else []
    tags = {f.get("name"): parse_tag(str(f.get("hxl_tag", ""))) for f in listed}
    return replace(text, tags=tuple(tags.get(name) for name in text.header))


def _issue(resource: str, finding: Finding) -> Issue:
    """Return a finding as an issue of the report; the schema's own words on the rule are its fix."""
    message, params = finding.message, finding.params
    if finding.rule == "hxl-list" and finding.suggested:
        message, params = NEAREST, {"suggested": shown(finding.suggested)}
    return Issue(
        finding.rule,
        finding.severity,
        resource,
        message,
        finding.row_number,
        finding.name or finding.pattern,
        cell_address(finding.row_number, finding.column),
        _printable(finding.description),
        params,
    )


@cache
def _printable(text: str) -> str:
    words = " ".join(text.split())[:DESCRIPTION_CHARACTERS]
    return "".join(letter for letter in words if letter.isprintable())
