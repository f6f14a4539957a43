"""`categories`: the values that a field may have (Table Schema v2, "categories", "categoriesOrdered")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.errors import HxlKitError
from hxl_kit.reading.table import ROW_NUMBER, counted, listed, shown
from hxl_kit.validation.report import Issue, cell_address
from hxl_kit.validation.strict.logical import logical, one_text, reader
from hxl_kit.validation.strict.parts import resources_of
from hxl_kit.validation.strict.rows import not_checked, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.parts import Resource

RULE = "categories"
TYPES = ("string", "integer")


def categories(package: Package) -> Iterator[Issue]:
    """Yield lists of categories that are none, and cells that are none of their field's categories."""
    for resource in resources_of(package):
        allowed: dict[str, list[str]] = {}
        for field in resource.fields:
            problems = list(_problems(field))
            for problem in problems:
                yield Issue(RULE, "error", resource.name, problem, field=shown(field["name"]))
            if "categories" in field and not problems:
                allowed[field["name"]] = _texts(field, _values(field))
        if allowed:
            yield from _cells(package, resource, allowed)


def _values(field: dict[str, Any]) -> list[Any]:
    return [entry.get("value") if isinstance(entry, dict) else entry for entry in field["categories"]]


def _texts(field: dict[str, Any], values: list[Any]) -> list[str]:
    """Return the logical values of categories, each as one text; what is no value of the field is left out."""
    read = reader(field)
    found = (one_text(read(value)) for value in values)
    return [text for text in found if text is not None]


def _problems(field: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a field's list of categories itself."""
    if not isinstance(field.get("categoriesOrdered", False), bool):
        yield "categoriesOrdered: must be true or false"
    if "categories" not in field:
        if "categoriesOrdered" in field:
            yield "categoriesOrdered: there are no categories to order"
        return
    given = field["categories"]
    if field.get("type") not in TYPES:
        yield "categories: only fields of the types string and integer may have them"
    elif not isinstance(given, list) or not given:
        yield "categories: must be a list of at least one value"
    else:
        yield from _entries(field, given)


def _entries(field: dict[str, Any], given: list[Any]) -> Iterator[str]:
    kinds = {isinstance(entry, dict) for entry in given}
    if len(kinds) > 1 or any("value" not in entry for entry in given if isinstance(entry, dict)):
        yield "categories: must be all plain values, or all objects with a value"
        return
    values = _values(field)
    texts = _texts(field, values)
    if len(texts) < len(values):
        yield f"categories: {counted(len(values) - len(texts), 'value')} not of the type {field['type']}"
    if repeated := sorted({text for text in texts if texts.count(text) > 1}):
        yield f"categories: values given twice: {listed(repeated)}"
    labels = [str(entry["label"]) for entry in given if isinstance(entry, dict) and "label" in entry]
    if repeated := sorted({label for label in labels if labels.count(label) > 1}):
        yield f"categories: labels given twice: {listed(repeated)}"
    constraints = field.get("constraints")
    enum = constraints.get("enum") if isinstance(constraints, dict) else None
    beyond = set(_texts(field, enum if isinstance(enum, list) else [])) - set(texts)
    if beyond:
        yield f"constraints.enum: has values that are no categories: {listed(sorted(beyond))}"


def _cells(package: Package, resource: Resource, allowed: dict[str, list[str]]) -> Iterator[Issue]:
    fields = {field["name"]: field for field in resource.fields}
    try:
        with opened(package, resource) as rows:
            there = {name: allowed[name] for name in allowed if name in rows.positions}
            for frame in rows.frames():
                for name, texts in there.items():
                    values = logical(frame[name], fields[name])
                    wrong = values.is_not_null() & ~values.is_in(texts)
                    for row in frame.filter(wrong)[ROW_NUMBER]:
                        yield _issue(resource, name, texts, row, rows.positions[name])
    except HxlKitError as error:
        yield not_checked(RULE, resource, error)


def _issue(resource: Resource, name: str, texts: list[str], row: int, column: int) -> Issue:
    return Issue(
        RULE,
        "error",
        resource.name,
        f"the value is none of the field's categories ({listed(texts)})",
        row,
        shown(name),
        cell_address(row, column),
    )
