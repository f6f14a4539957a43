"""Opening a resource with frictionless, up to its first row, and seeing whether its rows can be read in bulk."""

from __future__ import annotations

import codecs
import hashlib
import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from frictionless import system
from frictionless.formats.csv.control import CsvControl
from frictionless.resources import TableResource

from hxl_kit.gate.blocks import Form
from hxl_kit.gate.bounded import BoundedReader, is_slow
from hxl_kit.gate.fields import Handler, column_of
from hxl_kit.gate.unproven import UnprovenError
from hxl_kit.gate.utf8 import Utf8Check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from frictionless import Resource
    from frictionless.schema import Field

    from hxl_kit.gate.fields import Column

FORMATS = ("csv", "tsv")
UTF8 = ("utf-8", "utf-8-sig")


@dataclass(frozen=True)
class OpenTable:
    """A table whose rows can be read in bulk: all that frictionless knows of it before the first row.

    `resource` is a copy of the package's one, opened and closed again; its `stats` are filled in by `stream`.
    """

    resource: TableResource
    columns: tuple[Column, ...]
    handlers: dict[str, Handler]
    form: Form
    primary_key: tuple[str, ...]
    foreign_keys: tuple[dict[str, Any], ...]
    start_errors: tuple[Any, ...]

    @property
    def column_names(self) -> frozenset[str]:
        """The names of the columns."""
        return frozenset(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column of this name."""
        return next(column for column in self.columns if column.name == name)

    def stream(self, digests: tuple[str, ...] = ()) -> Callable[[], Any]:
        """Return what opens the bytes of the table as UTF-8; reading to the end fills in the resource's stats.

        `digests` names the hashes to be computed on the way: "md5", "sha256".
        """
        return lambda: _stream(self.resource, digests, self.form.last_record)


def open_table(resource: Resource) -> OpenTable:
    """Return the table of a resource, its rows still unread.

    Raises:
        UnprovenError: frictionless alone can read it.
        FrictionlessException: it cannot be opened.
    """
    if not isinstance(resource, TableResource) or resource.memory or resource.multipart or resource.remote:
        raise UnprovenError("not one local file")
    copy = resource.to_copy()
    foreign_keys = tuple(copy.schema.foreign_keys) if copy.schema else ()
    if copy.schema:
        copy.schema.foreign_keys = []
    if not str(copy.format or "").startswith(FORMATS):
        raise UnprovenError(f"format {copy.format}")
    with copy.open():
        table = _table(copy, foreign_keys)
    copy.schema.foreign_keys = list(foreign_keys)
    return table


def _table(resource: TableResource, foreign_keys: tuple[dict[str, Any], ...]) -> OpenTable:
    expected = resource.header.get_expected_fields()
    handlers = {field.name: _handler(field, number) for number, field in enumerate(expected, start=1)}
    if len(handlers) != len(expected) or not handlers:
        raise UnprovenError("fields of one name, or none")
    if not resource.dialect.header_case:
        raise UnprovenError("headers whatever their case")
    missing = resource.schema.missing_values
    columns = tuple(column_of(index, handler, missing) for index, handler in enumerate(handlers.values()))
    keys = tuple(resource.schema.primary_key)
    names = {column.name for column in columns}
    return OpenTable(
        resource=resource,
        columns=columns,
        handlers=handlers,
        form=_form(resource, len(columns)),
        primary_key=keys if names.issuperset(keys) else (),
        foreign_keys=foreign_keys,
        start_errors=_start_errors(resource),
    )


def _handler(field: Field, number: int) -> Handler:
    reader = BoundedReader(field) if is_slow(field.constraints) else field.create_cell_reader()
    return Handler(field, number, reader, field.create_cell_writer())


def _start_errors(resource: TableResource) -> tuple[Any, ...]:
    from frictionless import Checklist

    return tuple(error for check in Checklist().connect(resource) for error in check.validate_start())


def _form(resource: TableResource, width: int) -> Form:
    dialect = resource.dialect
    written = CsvControl.from_dialect(dialect).to_python()
    plain = len(written.delimiter) == 1 and written.delimiter.isascii() and written.delimiter not in "\r\n"
    if written.escapechar or written.skipinitialspace or not plain or written.delimiter == written.quotechar:
        raise UnprovenError("a dialect that only Python's csv reads")
    if len(written.quotechar or '"') > 1 or not (written.quotechar or '"').isascii():
        raise UnprovenError("a quote that is no single character")
    return Form(
        dialect=written,
        width=width,
        first_row=dialect.create_first_content_row(),
        comment_rows=frozenset(dialect.comment_rows),
        comment=dialect.comment_char or "",
        skip_blank=dialect.skip_blank_rows,
    )


class _Tee(io.RawIOBase):
    """Bytes on their way to the parser: hashed, counted, and refused when the parser would read them otherwise."""

    def __init__(
        self, source: IO[bytes], resource: TableResource, digests: tuple[str, ...], end: bytes
    ) -> None:
        super().__init__()
        self._source, self._resource, self._end = source, resource, end
        self._last = b"\n"
        self._digests = {name: hashlib.new(name, usedforsecurity=False) for name in digests}
        self._stats = not resource.compression
        encoding = codecs.lookup(resource.encoding or "utf-8").name
        self._decoder = None if encoding in UTF8 else codecs.getincrementaldecoder(encoding)()
        self._check = Utf8Check()
        self._translates = resource.format != "csv"
        self._bytes = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while chunk := self._source.read(size):
            for digest in self._digests.values():
                digest.update(chunk)
            self._bytes += len(chunk)
            if text := self._as_utf8(chunk):
                self._last = text[-1:]
                return text
        return self._ended()

    def _ended(self) -> bytes:
        self._report()
        rest = self._as_utf8(b"") + self._end
        self._end = b""
        return rest if not rest or self._last in b"\r\n" else b"\n" + rest

    def _as_utf8(self, chunk: bytes) -> bytes:
        if self._decoder:
            text = self._decoder.decode(chunk, final=not chunk).encode()
        else:
            text = chunk
            self._check.look_at(chunk)
        if b"\0" in text:
            raise UnprovenError("a NUL")
        if self._translates and b"\r" in text:
            raise UnprovenError("line ends that frictionless translates")
        return text

    def _report(self) -> None:
        if self._stats:
            self._resource.stats.bytes = self._bytes
            for name, digest in self._digests.items():
                setattr(self._resource.stats, name, digest.hexdigest())


@contextmanager
def _stream(resource: TableResource, digests: tuple[str, ...], end: bytes) -> Iterator[_Tee]:
    with system.create_loader(resource) as loader:
        yield _Tee(loader.byte_stream, resource, () if resource.compression else digests, end)
