"""Tables of people made fit to be shared: the remedies of a file of rules, done to one table.

The table and the record of what was done may be shared; the secret behind moved places and new codes, and the list of
which code is which id, stay in the private folder beside the rules, where every later release finds them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit import __version__
from hxl_kit.disclosure.remedies.entries import KINDS, Entry, entries, problems
from hxl_kit.disclosure.remedies.record import changed_rows
from hxl_kit.errors import TargetError, UsageError
from hxl_kit.files import reason_of, write_atomically
from hxl_kit.package.author import Places, part_problems, places_of
from hxl_kit.package.on_people import ON_PEOPLE, Means
from hxl_kit.package.people_table import column, label, whole
from hxl_kit.package.private import private_folder
from hxl_kit.package.private_key import keep_codes
from hxl_kit.package.remedies import MASK_KEY, level_2, mask_seed
from hxl_kit.package.yaml_text import read_yaml
from hxl_kit.places.gazetteer import gazetteer
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hxl_kit.disclosure.remedies import Remedy
    from hxl_kit.reading import TableText

CODES = "new_ids.csv"
_KEYED = ("mask-places", "new-ids")
_COLUMNS = {"mask-places": "[LATITUDE, LONGITUDE]"}


@dataclass(frozen=True)
class Rules:
    """What a file of rules says: the remedies in their order, and where boundaries and gazetteers are."""

    path: Path
    remedies: tuple[Entry, ...]
    places: Places

    @property
    def private(self) -> Path:
        """The folder of the secret and the list of codes: `<rules>.private` beside the file."""
        return private_folder(self.path.with_suffix(""))


@dataclass(frozen=True)
class Deidentified:
    """A table after its remedies.

    Attributes:
        frame: the rows, without row_number.
        tags: hashtags by column, for those that have one.
        done: what was done.
        codes: the new code of each id.
    """

    frame: pl.DataFrame
    tags: Mapping[str, str]
    done: tuple[Remedy, ...]
    codes: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_rules(path: Path) -> Rules:
    """Return what a file of rules says.

    Raises:
        InputError: it is no regular file.
        UsageError: it is no YAML, or has wrong entries; all are named at once.
    """
    raw = read_yaml(path)
    wrong = part_problems(raw, "remedies", "places") or list(_wrong(raw["remedies"]))
    if wrong:
        raise UsageError(f"{path}: " + "; ".join(wrong))
    return Rules(path, entries(raw["remedies"]), places_of(raw.get("places", {}), path.parent))


def _wrong(raw: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from problems(raw)
    for number, entry in enumerate(raw):
        place = f"remedies[{number}]: {entry['remedy']}"
        if "table" in entry:
            yield f"{place}: 'table' is for packages; here there is one table"
        if entry["remedy"] in KINDS and "fields" not in entry:
            yield f"{place} needs 'fields': {_COLUMNS.get(entry['remedy'], 'the columns that it is done to')}"
        elif entry["remedy"] == "mask-places" and len(entry["fields"]) != len(("latitude", "longitude")):
            yield f"{place} needs two fields: [LATITUDE, LONGITUDE]"
        elif entry["remedy"] == "suppress" and "by" not in entry:
            yield f"{place} needs 'by': the columns that say what a row counts"


def deidentified(text: TableText, rules: Rules, record: Path) -> Deidentified:
    """Return a table with the remedies of the rules done to it, in their order.

    Args:
        text: an open table; it is read whole.
        rules: what is to be done.
        record: where the record of an earlier release is, if there was one.

    Raises:
        InputError: the table cannot be read, has no header, or records that do not fit it.
        UsageError: a remedy names a column that is not there, or the secret of the earlier release is gone.
        DataError: small counts cannot be kept back so that nobody can work them out.
    """
    frame, header = whole(text).drop(ROW_NUMBER), text.header
    means = _means(rules, record)
    done = []
    for written in rules.remedies:
        try:
            entry = _resolved(written, header)
            after, told = ON_PEOPLE[entry.remedy](frame, entry, means)
        except UsageError as error:
            raise UsageError(
                f"{rules.path}: remedies[{written.number}], {written.remedy}: {error}"
            ) from error
        done.append(_recorded(told, entry, (frame, after), header))
        frame = after
    tags = {n: str(t) for n, t in zip(header, text.tags, strict=True) if t and n in frame.columns}
    return Deidentified(frame, tags, tuple(done), means.codes)


def _resolved(entry: Entry, header: Sequence[str]) -> Entry:
    """Return an entry with its columns by their names in the file."""
    fields = tuple(column(name, header) for name in entry.fields)
    parameters = dict(entry.parameters)
    for name in {"by", "nested", "place"} & {*parameters}:
        parameters[name] = [column(each, header) for each in parameters[name]]
    for name in {"urban", "country"} & {*parameters}:
        parameters[name] = column(parameters[name], header)
    return replace(entry, fields=fields, parameters=parameters)


def _means(rules: Rules, record: Path) -> Means:
    """Return what the remedies need beside the rows; what none of them asks for is not read."""
    asked = {entry.remedy for entry in rules.remedies}
    seed = mask_seed(rules.private, record) if asked & {*_KEYED} else b""
    units = gazetteer(*rules.places.gazetteers).units if "coarser-places" in asked else pl.DataFrame()
    return Means(seed, level_2(rules.places) if "mask-places" in asked else [], units)


def _recorded(
    told: Remedy, entry: Entry, frames: tuple[pl.DataFrame, pl.DataFrame], header: Sequence[str]
) -> Remedy:
    """Return the record of a remedy on all its columns, before and after it."""
    before, after = frames
    kept = [name for name in entry.fields if name in after.columns]
    rows = changed_rows(before.select(kept), after.select(kept)) if kept else told.rows
    columns = tuple(label(name, header) for name in entry.fields)
    return replace(told, remedy=entry.remedy, columns=columns, rows=rows, why=entry.why)


def record_path(out: Path) -> Path:
    """Return where the record of a table's remedies stands: `people.remedies.json` beside `people.csv`."""
    return out.with_name(f"{out.stem}.remedies.json")


def require_free(out: Path, *others: Path) -> None:
    """Refuse an output that is one of the inputs, is no CSV, or was not made by an earlier run.

    Raises:
        UsageError: the table would be written over something else.
    """
    if out.suffix.lower() != ".csv":
        raise UsageError(f"{out}: the table is written as CSV; give it a name that ends in .csv")
    if any(other.exists() and out.exists() and out.samefile(other) for other in others):
        raise UsageError(f"{out}: is read as well; name another file for the output")
    if out.exists() and not record_path(out).exists():
        raise UsageError(
            f"{out}: is there already, and no {record_path(out).name} says that it was made by this command"
        )


def write(made: Deidentified, out: Path, rules: Rules) -> Path:
    """Write the table and its record, and keep the codes in the private folder; return the record's path.

    Raises:
        TargetError: they cannot be written (a full disk, no permission).
    """
    content, record = _csv(made), record_path(out)
    try:
        if made.codes:
            keep_codes(rules.private / CODES, made.codes)
        write_atomically(record, _record(made, out, content))
        write_atomically(out, content)
    except OSError as error:
        raise TargetError(f"{out}: {reason_of(error)}") from error
    return record


def _csv(made: Deidentified) -> bytes:
    """Return the table as CSV in UTF-8: header, hashtags if there were any, rows."""
    heading, rows = io.StringIO(), io.BytesIO()
    lines = csv.writer(heading, lineterminator="\n")
    lines.writerow(made.frame.columns)
    if made.tags:
        lines.writerow(made.tags.get(name, "") for name in made.frame.columns)
    made.frame.write_csv(rows, include_header=False)
    return heading.getvalue().encode() + rows.getvalue()


def _record(made: Deidentified, out: Path, content: bytes) -> bytes:
    said = {
        "table": out.name,
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "rows": made.frame.height,
        "tool": "hxl_kit",
        "version": __version__,
        "remedies": [record.as_json() for record in made.done],
    }
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def kept_private(rules: Rules, made: Deidentified) -> list[Path]:
    """Return the files of the private folder that must be kept for the next release."""
    keyed = any(record.remedy in _KEYED for record in made.done)
    return [rules.private / name for name, there in ((MASK_KEY, keyed), (CODES, made.codes)) if there]
