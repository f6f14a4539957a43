"""HXL schemas among the checks: what a legacy `#valid_*` schema, or HXL's core schema, finds in a tagged table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from hxl_kit.checks.rule import Check
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

HXL_SCHEMAS = "https://github.com/HXLStandard/hxl-proxy/wiki/HXL-schemas"
DESCRIPTION_CHARACTERS = 300

TITLE = N_("what a legacy HXL schema asks (--hxl-schema FILE), or HXL's core schema")
UNTAGGED = N_("has no hashtag row, so that no rule of an HXL schema can be applied")
NEAREST = N_("is not one of the values that are allowed here; the nearest is '{suggested}'")

CHECKS = (
    Check(
        "hxl-required",
        "error",
        N_("is empty, and must be filled"),
        N_("What the schema asks for is missing; whoever uses the row has to guess it."),
        HXL_SCHEMAS,
        N_("Fill the cell; where nothing is known, ask the sender of the schema how to write that."),
    ),
    Check(
        "hxl-datatype",
        "error",
        N_("is not of the type that the schema asks for"),
        N_("A number or date that programs cannot read is left out of sums and maps without a word."),
        HXL_SCHEMAS,
        N_("Write numbers with digits and a decimal point, dates as 2026-01-31, addresses in full."),
    ),
    Check(
        "hxl-date-order",
        "error",
        N_("has dates that mean two days"),
        N_(
            "01/02/2026 is in January or in February: nothing in the column tells, and a guess moves the event."
        ),
        "hxl_kit",
        N_("Write the dates as 2026-01-31."),
    ),
    Check(
        "hxl-range",
        "error",
        N_("lies outside the range that the schema allows"),
        N_("Values beyond their limits are mostly slips, and one of them can outweigh all others."),
        HXL_SCHEMAS,
        N_("Compare the value with its source; if it is right, have the schema's limits changed."),
    ),
    Check(
        "hxl-whitespace",
        "warning",
        N_("has superfluous white space"),
        N_("'Aleppo' and 'Aleppo ' are two places to a program: joins and counts go wrong unseen."),
        HXL_SCHEMAS,
        N_("Take away the space before and after the text, double spaces and line breaks."),
    ),
    Check(
        "hxl-regex",
        "error",
        N_("does not match the pattern that the schema asks for"),
        N_("Codes of another form are not found in the lists that they are joined with."),
        HXL_SCHEMAS,
        N_("Write the value in the form that the schema describes."),
    ),
    Check(
        "hxl-list",
        "error",
        N_("is not one of the values that are allowed here"),
        N_("Values outside the agreed list are counted apart, or not at all."),
        HXL_SCHEMAS,
        N_("Take a value of the list, written as it is there."),
    ),
    Check(
        "hxl-list-unread",
        "error",
        N_("is not checked against its list, which could not be read"),
        N_("Without the list nobody knows whether the values are allowed."),
        HXL_SCHEMAS,
        N_("Save the list beside the schema, or name a local copy of it."),
    ),
    Check(
        "hxl-spelling",
        "info",
        N_("is rare here and near to a common spelling"),
        N_("A name with a slip becomes another name, and its rows drop out of their group."),
        HXL_SCHEMAS,
        N_("Compare the name with the common one of the column; leave it if both exist."),
    ),
    Check(
        "hxl-unique",
        "error",
        N_("is there already"),
        N_("What identifies a row must identify one row only."),
        HXL_SCHEMAS,
        N_("Take away the row if it is there twice; else give it a value of its own."),
    ),
    Check(
        "hxl-unique-row",
        "error",
        N_("repeats an earlier row"),
        N_("A row that is there twice is counted twice."),
        HXL_SCHEMAS,
        N_("Take away the repetition, or say in the key's columns what is different."),
    ),
    Check(
        "hxl-correlation",
        "error",
        N_("is another value than most rows with the same key have"),
        N_("A code with two names, or a name with two codes, means that one of the two is wrong."),
        HXL_SCHEMAS,
        N_("Compare the code and the name with the official list, and mend the one that is wrong."),
    ),
    Check(
        "hxl-consistent",
        "warning",
        N_("is of another type than most cells of this tag"),
        N_("Text among numbers is left out of every sum."),
        HXL_SCHEMAS,
        N_("Write the value as the others of its column are; remarks go into a column of their own."),
    ),
    Check(
        "hxl-outlier",
        "info",
        N_("is far from the other numbers of this tag"),
        N_("A zero too many changes every total."),
        HXL_SCHEMAS,
        N_("Compare the number with its source; leave it if it is right."),
    ),
    Check(
        "hxl-row-shape",
        "error",
        N_("has more or fewer cells than the table has columns"),
        N_("From the missing or superfluous cell on, values stand in the wrong columns."),
        "RFC 4180",
        N_("Fill the row to the table's width; put text that holds the delimiter into quotation marks."),
    ),
    Check(
        "hxl-not-checked",
        "error",
        N_("was not checked: the rule takes too long"),
        N_("What was not checked may be wrong."),
        "hxl_kit",
        N_("Simplify the rule's pattern, or check fewer columns with it."),
    ),
    Check(
        "hxl-untagged",
        "error",
        UNTAGGED,
        N_("An HXL schema knows columns by their hashtags alone."),
        "https://hxlstandard.org/standard/1-1final/tagging/",
        N_("Put a row with the hashtags below the header."),
    ),
)
"""What the rules of HXL schemas are called, why they matter, and what to do about what they find."""


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
