"""What remedies may be done to the standard's tables: keys and references stay whole, and casualty figures the message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.disclosure.remedies.entries import Entry, entries, problems
from hxl_kit.errors import nearest
from hxl_kit.standard.tables import table, table_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hxl_kit.standard.tables import Table

FIGURES = ("value", "value_low", "value_high", "quantity_text", "qualifier", "bounds_basis", "unit")
FATALITIES = ("fatalities", "fatalities_low", "fatalities_high")
DATES = ("date_start", "date_end", "as_of", "date_published")
"""The dates that a row's date_precision speaks of."""

PLACES = (
    "location_code",
    "location_name",
    *(f"admin{level}_{part}" for level in (1, 2, 3) for part in ("code", "name")),
    "place_name",
    "latitude",
    "longitude",
    "pcode_score",
    "pcode_release",
)
REFERENCES = ("parent_event_id", "cluster_id", "supersedes", "overlap_group")
TERMS = ("licence",)
COUNTED = ("displacement", "indicators")
"""The tables whose figures may be rounded and kept back."""

_ON_PEOPLE = ("age-bands", "rare-groups", "new-ids")
_WHOLE_ROWS = {
    "coarser-dates": "all dates of a row become coarser together, and its date_precision with them",
    "coarser-places": "all that tells a row's place becomes coarser together",
    "mask-places": "latitude and longitude are moved together",
    "round": "a figure is rounded with its bounds and words",
    "suppress": "a figure is kept back with its bounds and words",
}
_OF_BARE_TABLES = {
    "order": "the standard's dates are all alike",
    "nested": "the units of the standard lie in one another as they are",
    "country": "it is location_code",
}
MESSAGE = "casualty figures are the message: they are neither kept back nor rounded nor left out"


def wrong_remedies(raw: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with the `remedies` of a package.yaml."""
    found = list(problems(raw))
    yield from found
    if not found:
        for entry in entries(raw):
            yield from (f"remedies[{entry.number}]: {problem}" for problem in _wrong(entry))


def _wrong(entry: Entry) -> Iterator[str]:
    if entry.remedy in _ON_PEOPLE:
        yield f"{entry.remedy} is for tables of people: hxl-kit deidentify FILE --remedies RULES.yaml"
    elif not entry.table:
        yield f"{entry.remedy} needs a table: 'table: events', or 'fields: [events.description]'"
    elif entry.table not in table_names():
        yield f"no table '{entry.table}'{nearest(entry.table, table_names())}"
    else:
        owner = table(entry.table)
        yield from _of_form(entry, owner)
        if entry.remedy in ("round", "suppress"):
            yield from _uncounted(entry)
        named = [*entry.fields, *entry.listed("by"), *entry.listed("place"), *_urban(entry)]
        yield from (
            f"{owner.name}: no field '{n}'{nearest(n, owner.names)}" for n in named if n not in owner.names
        )


def _urban(entry: Entry) -> list[str]:
    return [entry.parameters["urban"]] if "urban" in entry.parameters else []


def _of_form(entry: Entry, owner: Table) -> Iterator[str]:
    """Yield what keeps a remedy from the table or the fields that it names."""
    for name, reason in _OF_BARE_TABLES.items():
        if name in entry.parameters:
            yield f"{entry.remedy}: '{name}' is for tables of people; in a package {reason}"
    if entry.remedy == "drop":
        if not entry.fields:
            yield "drop needs 'fields'"
        for name in entry.fields:
            if name in owner.names and (reason := kept_whole(owner, name)):
                yield f"drop: {owner.name}.{name} {reason}"
        return
    if entry.fields:
        yield f"{entry.remedy} takes no 'fields': {_WHOLE_ROWS[entry.remedy]}"
    if entry.remedy == "coarser-dates" and "date_precision" not in owner.names:
        yield f"coarser-dates: {owner.name} has no date_precision to say how coarse its dates are; drop the field instead"
    if entry.remedy in ("coarser-places", "mask-places") and "geo_precision" not in owner.names:
        yield f"{entry.remedy}: {owner.name} has no places"


def _uncounted(entry: Entry) -> Iterator[str]:
    if entry.table in ("casualties", "events"):
        yield f"{entry.remedy}: {MESSAGE}"
    elif entry.table not in COUNTED:
        yield f"{entry.remedy}: {entry.table} has no counts; {' and '.join(COUNTED)} have"


def kept_whole(owner: Table, name: str) -> str:
    """Return why a field cannot be left out, "" where it can."""
    return next((reason for holds, reason in _reasons(owner, name) if holds), "")


def _reasons(owner: Table, name: str) -> Iterator[tuple[bool, str]]:
    """Yield what may keep a field whole, and whether it does."""
    keys = {*owner.primary_key, *REFERENCES, *(field for key in owner.foreign_keys for field in key.fields)}
    message = owner.name in ("casualties", "events") and name in (*FIGURES, *FATALITIES)
    protect = "; options.protect writes codes for it" if _is_free_text(owner, name) else ""
    yield name in keys, "is a key or a reference, which stay whole"
    yield message, f"is part of a figure: {MESSAGE}"
    yield name in FIGURES, "is part of a figure; suppress or round the small ones"
    yield owner[name].required, f"is required{protect}"
    placed = name in PLACES and "geo_precision" in owner.names
    yield placed, "tells the place; coarser-places and mask-places keep geo_precision true"
    dated = name in DATES and "date_precision" in owner.names
    yield dated, "is a date; coarser-dates keeps date_precision true"
    yield name in TERMS, "says on which terms the source may be passed on"


def _is_free_text(owner: Table, name: str) -> bool:
    return owner[name].type == "string" and not owner[name].codelist
