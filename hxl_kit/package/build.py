"""Build: inputs and metadata in, a validated data package out, whole or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import TargetError
from hxl_kit.files import reason_of, staged_folder, working_folder
from hxl_kit.package.descriptor import InputRecord, describe_package, descriptor_bytes
from hxl_kit.package.intake import Intake
from hxl_kit.package.outputs.workbook import write_workbook
from hxl_kit.package.placing import placer_of
from hxl_kit.package.private import ByProducts, private_folder
from hxl_kit.package.protect import Protector, protected_fields
from hxl_kit.package.protected_rows import RULE
from hxl_kit.package.publishable import is_plain
from hxl_kit.package.remedies import TreatedTables, treat, without_totals
from hxl_kit.package.split import parts_of, split_rows, split_values
from hxl_kit.package.tables import TableFiles
from hxl_kit.reading.packages import DESCRIPTOR, listed_files
from hxl_kit.sources import source
from hxl_kit.sources.own_tables import own_table
from hxl_kit.standard.tables import table
from hxl_kit.validation.gate import refuse_invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from hxl_kit.disclosure.remedies import Remedy
    from hxl_kit.package.author import Authored, Input
    from hxl_kit.sources.definition import Source


@dataclass(frozen=True)
class Built:
    """A finished package: where it is, its rows by table, and what became of its inputs.

    `remedies` says what was changed so that nobody is found, `may_tell` which fields should be looked at after it.
    `reasons` counts the rejected rows by reason, `unmatched` the names of places that led to no P-code. `made_in` is the output folder that was asked for; parts of a split lie in it and share its by-products.
    """

    path: Path
    rows: Mapping[str, int]
    inputs: tuple[InputRecord, ...]
    changes: Mapping[str, int]
    warnings: Mapping[str, int]
    reasons: Mapping[str, int]
    unmatched: int
    made_in: Path
    remedies: tuple[Remedy, ...] = ()
    may_tell: tuple[str, ...] = ()

    @property
    def private(self) -> Path:
        """The folder of by-products (it exists only if there are any)."""
        return private_folder(self.made_in)

    @property
    def totals(self) -> dict[str, dict[str, float]]:
        """Each provider measure's total over all input rows and over the accepted ones."""
        summed: dict[str, dict[str, float]] = {}
        for record in self.inputs:
            for name, totals in record.totals.items():
                kept = summed.setdefault(name, {"input": 0, "accepted": 0})
                for key in kept:
                    kept[key] += totals[key]
        return summed

    @property
    def rejected_rows(self) -> int:
        """How many input rows were not taken over."""
        return sum(record.rejected_rows for record in self.inputs)


def build_all(authored: Authored, out: Path) -> list[Built]:
    """Build a package, or with `split_by` one per value of that field, each in a folder of its own in `out`.

    Raises:
        As `build_package`; UsageError: no table has the field.
        TargetError: the output cannot be written (a full disk, no permission); nothing is half-written.
    """
    try:
        return (
            [build_package(authored, out)]
            if authored.options.split_by is None
            else split_package(authored, out)
        )
    except OSError as error:
        raise TargetError(f"{out}: {reason_of(error)}") from error


def build_package(authored: Authored, out: Path) -> Built:
    """Build the package `authored` in the folder `out` and its by-products in `out`.private.

    Raises:
        InputError: an input cannot be read or is not of its source.
        DataError: a key is there twice, a reference leads nowhere, or frictionless finds the result invalid.
        UsageError: `out` cannot take the package.
    """
    with ByProducts(out) as private:
        with staged_folder(out, DESCRIPTOR, listed_files(out)) as stage:
            tables, records = _treated_inputs(authored, stage, private, out)
            finish_package(authored, tables.files, records, private.warning_counts(), tables.done)
            refuse_invalid(stage)
        private.install()
    counts = _counts(private)
    return Built(out, tables.files.rows, tuple(records), *counts, out, tables.done, tables.notes)


def _treated_inputs(
    authored: Authored, folder: Path, private: ByProducts, out: Path
) -> tuple[TreatedTables, list[InputRecord]]:
    """Read all inputs into table files in `folder`, changed by the remedies of package.yaml."""
    if not authored.remedies:
        files, records = read_inputs(authored, folder, private)
        return TreatedTables(files, (), ()), records
    with working_folder(folder) as received:
        files, records = read_inputs(authored, received, private)
        tables = treat(authored, files, folder, out)
    return tables, without_totals(records, tables.done)


def read_inputs(
    authored: Authored, folder: Path, private: ByProducts
) -> tuple[TableFiles, list[InputRecord]]:
    """Read all inputs into table files in `folder`, hold them to their keys; return what became of each."""
    sources = [_source_of(entry) for entry in authored.inputs]
    protector = Protector(
        private_folder(authored.folder or folder), protected_fields(authored.options.protect)
    )
    seen: dict[str, list[pl.Series]] = {found.id: [] for found in sources}
    with TableFiles(folder, ("sources",), authored.options.hashtag_row) as files:
        placer = placer_of(authored.places)
        intake = Intake(files, private, protector, placer, seen)
        source_ids = _source_ids(authored.inputs, sources)
        records = [
            record
            for number, (entry, found, source_id) in enumerate(
                zip(authored.inputs, sources, source_ids, strict=True), 1
            )
            for record in intake.take(entry, found, source_id, number)
        ]
    files.check_keys()
    private.unexpected("", [(RULE, told) for told in protector.left_over(files)])
    protector.install()
    private.unmatched = placer.unmatched()
    for name, notes in placer.notes().items():
        private.unexpected(name, [("boundaries", note) for note in notes])
    return files, records


def finish_package(
    authored: Authored,
    files: TableFiles,
    records: list[InputRecord],
    warnings: Mapping[str, int],
    remedies: tuple[Remedy, ...] = (),
) -> dict[str, Any]:
    """Write workbook and datapackage.json beside the finished tables; return the descriptor."""
    options = authored.options
    if options.xlsx:
        tables = [(table(name), files.parquet_path(name)) for name in files.names]
        write_workbook(files.folder / f"{authored.name}.xlsx", tables, authored.title)
    descriptor = describe_package(authored, files, records, warnings, remedies)
    if not options.parquet:
        for name in files.names:
            files.parquet_path(name).unlink()
    (files.folder / DESCRIPTOR).write_bytes(descriptor_bytes(descriptor))
    return descriptor


def split_package(authored: Authored, out: Path) -> list[Built]:
    """Build one package per value of `split_by`, named `<name>-<value>`; rows without a value go to `<name>-none`."""
    field = str(authored.options.split_by)
    with ByProducts(out) as private, working_folder(out) as whole:
        tables, records = _treated_inputs(authored, whole, private, out)
        files = tables.files
        values = split_values(files, field)
        built = []
        for value, part in zip(values, parts_of(authored, values), strict=True):
            place = out / part.name
            with staged_folder(place, DESCRIPTOR, listed_files(place)) as stage:
                with TableFiles(stage, files.names, part.options.hashtag_row) as selected:
                    for name, rows in split_rows(files, field, value):
                        selected.write({name: rows})
                selected.check_keys()
                finish_package(part, selected, records, private.warning_counts(), tables.done)
                refuse_invalid(stage)
            counts = _counts(private)
            done = (tables.done, tables.notes)
            built.append(Built(place, selected.rows, tuple(records), *counts, out, *done))
        private.install()
    return built


def _counts(private: ByProducts) -> tuple[dict[str, int], dict[str, int], dict[str, int], int]:
    unmatched = private.unmatched.height
    return private.change_counts(), private.warning_counts(), private.reason_counts(), unmatched


def _source_of(entry: Input) -> Source:
    return source(entry.source) if entry.source else own_table(str(entry.table))


def _source_ids(inputs: Sequence[Input], sources: Sequence[Source]) -> list[str]:
    """Return an id for each input's row of `sources`: source and release, and the file's name if several share these.

    A file's name that may be private is left out.
    """
    plain = [f"{s.id}:{e.release}" if e.release else s.id for e, s in zip(inputs, sources, strict=True)]
    named = [
        f"{source_id}:{entry.path.name.partition('.')[0]}"
        if plain.count(source_id) > 1 and is_plain(entry.path.name, found)
        else source_id
        for source_id, entry, found in zip(plain, inputs, sources, strict=True)
    ]
    counts = Counter[str]()
    unique = []
    for source_id in named:
        counts[source_id] += 1
        unique.append(source_id if counts[source_id] == 1 else f"{source_id}-{counts[source_id]}")
    return unique
