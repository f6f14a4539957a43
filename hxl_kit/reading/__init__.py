"""Files of any supported kind become tables of text, with notes on what was done to them.

`open_tables` is the way in, `open_table` where a file is to hold one table. A kind of file is told by its content
(`signatures`), unpacked if need be (`scratch`) and read by the one module that `READERS` names for it: another
format is another module and a line there.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError
from hxl_kit.files import require_plain_file
from hxl_kit.reading.columnar import open_columnar
from hxl_kit.reading.delimited import open_delimited
from hxl_kit.reading.records import open_records
from hxl_kit.reading.scratch import unpacked
from hxl_kit.reading.signatures import DESCRIPTIONS
from hxl_kit.reading.table import BadRow, Batch, TableText, listed
from hxl_kit.reading.workbooks import open_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hxl_kit.reading.signatures import Content

    Reader = Callable[[Content, str | None, str | None], AbstractContextManager[tuple[TableText, ...]]]

__all__ = ["BadRow", "Batch", "TableText", "open_table", "open_tables"]

READERS: dict[str, Reader] = {
    "json": open_records,
    "ods": open_workbook,
    "parquet": open_columnar,
    "text": open_delimited,
    "xls": open_workbook,
    "xlsb": open_workbook,
    "xlsx": open_workbook,
}

WAYS_OUT = {
    "encrypted": "save it without a password",
    "html": "download the data file itself",
}


@contextmanager
def open_tables(
    path: Path, *, encoding: str | None = None, sheet: str | None = None
) -> Iterator[tuple[TableText, ...]]:
    """Yield the tables in a file, plain, in gzip, or alone in a zip: one, or a workbook's in the order of its sheets.

    Args:
        path: a regular file.
        encoding: of delimited text, where its bytes leave it open.
        sheet: of a workbook, the only one to read; it may be a hidden one.

    Raises:
        InputError: the file cannot be read, or not without guessing; the message names the way out.
        UsageError: the encoding is unknown, or an option does not apply to this kind of file.
    """
    with unpacked(require_plain_file(path)) as content:
        if content.kind not in READERS:
            way_out = WAYS_OUT.get(
                content.kind, "not a table that can be read: export the data as CSV or XLSX"
            )
            raise InputError(f"{content.label}: is {DESCRIPTIONS[content.kind]}; {way_out}")
        with READERS[content.kind](content, encoding, sheet) as tables:
            yield tables


@contextmanager
def open_table(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> Iterator[TableText]:
    """Yield the only table in a file; the arguments and errors are those of `open_tables`.

    Raises:
        InputError: there are several tables, and none is named.
    """
    with open_tables(path, encoding=encoding, sheet=sheet) as tables:
        if len(tables) > 1:
            names = listed([table.sheet or "" for table in tables])
            raise InputError(
                f"{path}: {len(tables)} sheets hold a table ({names}); name one: --sheet NAME",
            )
        yield tables[0]
