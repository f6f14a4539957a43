"""Files of any supported kind become tables of text, with notes on what was done to them.

`open_table` is the way in. A kind of file is told by its content (`signatures`), unpacked if need be (`scratch`)
and read by the one module that `READERS` names for it: another format is another module and a line there.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError
from hxl_kit.files import require_plain_file
from hxl_kit.reading.delimited import open_delimited
from hxl_kit.reading.scratch import unpacked
from hxl_kit.reading.signatures import DESCRIPTIONS
from hxl_kit.reading.table import BadRow, Batch, TableText
from hxl_kit.reading.workbooks import open_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hxl_kit.reading.signatures import Content

    Reader = Callable[[Content, str | None, str | None], AbstractContextManager[TableText]]

__all__ = ["BadRow", "Batch", "TableText", "open_table"]

READERS: dict[str, Reader] = {"text": open_delimited, "xlsx": open_workbook}


@contextmanager
def open_table(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> Iterator[TableText]:
    """Yield the table in a file: delimited text or XLSX, plain, in gzip, or alone in a zip.

    Args:
        path: a regular file.
        encoding: of delimited text that is neither UTF-8 nor says that it is UTF-16.
        sheet: of a workbook, where several hold a table or the one wanted is hidden.

    Raises:
        InputError: the file cannot be read, or not without guessing; the message names the way out.
        UsageError: the encoding is unknown, or an option does not apply to this kind of file.
    """
    with unpacked(require_plain_file(path)) as content:
        if content.kind not in READERS:
            raise InputError(f"{content.label}: is {DESCRIPTIONS[content.kind]}; {_way_out(content.kind)}")
        with READERS[content.kind](content, encoding, sheet) as table:
            yield table


def _way_out(kind: str) -> str:
    ways = {
        "encrypted": "save it without a password",
        "html": "download the data file itself",
        "ods": "not read yet: save it as XLSX or CSV",
        "xls": "not read yet: save it as XLSX or CSV",
        "xlsb": "not read yet: save it as XLSX or CSV",
        "json": "not read yet: convert it to CSV",
        "parquet": "not read yet: convert it to CSV",
    }
    return ways.get(kind, "not a table that can be read: export the data as CSV or XLSX")
