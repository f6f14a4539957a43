"""Forms for field offices: a table of the standard as a workbook to fill in, in a language, for a country."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.errors import UsageError, nearest, require_known
from hxl_kit.package.outputs.form import BookColumn, Choices, FormBook, Line, form_bytes
from hxl_kit.places.gazetteer import labelled, release, units
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.forms import MARK, Form, FormColumn, form
from hxl_kit.standard.languages import (
    ENGLISH,
    RIGHT_TO_LEFT,
    code_titles,
    codes_by_title,
    languages,
    text,
)

if TYPE_CHECKING:
    from hxl_kit.package.outputs.form import Kind
    from hxl_kit.standard.tables import Field, Table

_ADMIN1, _ADMIN2 = "admin1", "admin2"
_LONGEST_TEXT = 250
_LONGEST = {"description": 2000, "url": 2000}
_HOW, _NEVER = 5, 2


def write_form(table_name: str, country: str, language: str) -> bytes:
    """Return the form of a table for a country (ISO 3166-1 alpha-3) in a language, as an XLSX file.

    Raises:
        UsageError: there is no such form, country or language; the message has the nearest one.
    """
    require_known("language", language, languages())
    wanted = form(table_name)
    return form_bytes(_book(wanted, known_country(country), language))


def known_country(country: str) -> str:
    """Return the code of a country that is given by its code in any letter case.

    Raises:
        UsageError: it is no code of the list; a country's name gets the code that is meant.
    """
    codes = codelist("location").values
    if country.upper() in codes:
        return country.upper()
    meant = codes_by_title("location").get(country.lower())
    hint = f"; did you mean '{meant}'?" if meant else nearest(country, codes)
    raise UsageError(f"no country '{country}'{hint} (ISO 3166-1 alpha-3, see `hxl-kit codelists location`)")


def _book(wanted: Form, country: str, language: str) -> FormBook:
    choices = _choices(wanted, country, language)
    columns = [column for column in wanted.columns if _offered(column, choices)]
    place = code_titles("location", language)[country]
    sheet = table_title(wanted.table, language)
    return FormBook(
        title=f"{sheet} – {place}",
        instructions_sheet=text(language, "word.instructions"),
        data_sheet=sheet,
        mark=f"{MARK}+{wanted.table.name}+{country.lower()}",
        instructions=tuple(_instructions(wanted, columns, language, places=_ADMIN1 in choices)),
        columns=tuple(_column(wanted, column, columns, language) for column in columns),
        choices=choices,
        error_title=text(language, "error.title"),
        right_to_left=language in RIGHT_TO_LEFT,
    )


def table_title(table: Table, language: str) -> str:
    """Return the title of a table in a language."""
    return text(language, f"table.{table.name}", default=table.title if language == ENGLISH else None)


def column_title(column: FormColumn, language: str) -> str:
    """Return the title of a form's column in a language."""
    default = column.field.title if language == ENGLISH else None
    return text(language, f"field.{column.name}", default=default)


def column_hint(wanted: Form, column: FormColumn, language: str) -> str:
    """Return what a form says about a column, in a language."""
    return text(language, f"hint.{wanted.table.name}.{column.name}", f"hint.{column.name}")


def _choices(wanted: Form, country: str, language: str) -> dict[str, Choices]:
    """Return the drop-downs of a form by name: code lists by their titles, places by name and P-code."""
    names = dict.fromkeys(c.field.codelist for c in wanted.columns if c.field.codelist)
    # A code that is not translated yet is offered in English rather than left out.
    found = {
        name: Choices(tuple((code_titles(name, ENGLISH) | code_titles(name, language)).values()))
        for name in names
        if name
    }
    if any(column.place_level for column in wanted.columns):
        found |= _places(country)
    return found


def _places(country: str) -> dict[str, Choices]:
    """Return the drop-downs of a country's units, by name; none where the gazetteer has none."""
    first = units(country, 1).sort("name", "code").with_columns(labelled())
    if not first.height:
        return {}
    found = {_ADMIN1: Choices(tuple(first["label"]))}
    above = first.select(parent_code="code", parent="label", parent_name="name")
    second = units(country, 2).with_columns(labelled()).join(above, on="parent_code")
    second = second.sort("parent_name", "parent_code", "name", "code")
    if second.height:
        found[_ADMIN2] = Choices(tuple(second["label"]), tuple(second["parent"]))
    return found


def _offered(column: FormColumn, choices: dict[str, Choices]) -> bool:
    """Whether a column can be filled in: one of places needs units to choose from."""
    return column.place_level is None or f"admin{column.place_level}" in choices


def _column(wanted: Form, column: FormColumn, columns: list[FormColumn], language: str) -> BookColumn:
    kind, limits = _kind(column), _limits(column.field)
    named = {"low": str(limits[0]), "high": str(limits[1]), "length": str(limits[1])}
    error = "range" if kind == "number" else "length" if kind == "text" else kind
    level = column.place_level
    parents = [n for n, other in enumerate(columns) if other.name == "admin1_code"]
    return BookColumn(
        title=column_title(column, language),
        tag=column.field.hxl_tag,
        hint=column_hint(wanted, column, language),
        error=text(language, f"error.{error}").format(**named),
        section=text(language, f"section.{column.section}"),
        required=column.required,
        kind=kind,
        choices=f"admin{level}" if level else column.field.codelist or "",
        parent=parents[0] if column.name == "admin2_code" and parents else None,
        limits=limits,
    )


def _kind(column: FormColumn) -> Kind:
    if column.field.codelist or column.place_level:
        return "list"
    kinds: dict[str, Kind] = {"date": "date", "integer": "integer", "number": "number"}
    return kinds.get(column.field.type, "text")


def _limits(field: Field) -> tuple[int, int]:
    """Return the smallest and greatest number of a field, or the most characters of a text."""
    if field.type == "string":
        return 0, field.constraints.get("maxLength", _LONGEST.get(field.name, _LONGEST_TEXT))
    return field.constraints.get("minimum", 0), field.constraints.get("maximum", 0)


def _instructions(wanted: Form, columns: list[FormColumn], language: str, *, places: bool) -> list[Line]:
    sheet = table_title(wanted.table, language)
    edition = release()
    known = {"title": edition.title, "release": edition.id, "attribution": edition.attribution}
    lines = [Line(text(language, f"about.{wanted.table.name}"))]
    lines += [_heading("how", language)]
    lines += [Line(text(language, f"how.{n}").format(sheet=sheet)) for n in range(1, _HOW + 1)]
    lines += [_heading("never", language)]
    lines += [Line(text(language, f"never.{n}")) for n in range(1, _NEVER + 1)]
    lines += [_heading("sending", language), Line(text(language, "sending.1"))]
    if any(column.place_level for column in wanted.columns):
        said = text(language, "places.known").format(**known) if places else text(language, "places.unknown")
        lines += [_heading("places", language), Line(said)]
    lines += [_heading("columns", language)]
    return lines + [_described(wanted, column, language) for column in columns]


def _heading(name: str, language: str) -> Line:
    return Line(text(language, f"word.{name}"), heading=True)


def _described(wanted: Form, column: FormColumn, language: str) -> Line:
    required = f" * ({text(language, 'word.required')})" if column.required else ""
    return Line(column_hint(wanted, column, language), column_title(column, language) + required)
