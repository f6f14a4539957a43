"""The tables that a package really holds, read from its files: the descriptor is not asked."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from hxl_kit.clearance.copies import is_copy, is_own_book
from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading import open_tables
from hxl_kit.reading.table import shown
from hxl_kit.validation.strict.parts import resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.reading import TableText
    from hxl_kit.reading.packages import Package


def tables_of(package: Package, *, copies: bool = False) -> Iterator[tuple[str, TableText]]:
    """Yield each table of a package, open, under the name of its resource (`resource:sheet` in workbooks).

    Companions, Parquet files and the workbook of the package's own tables are left out unless `copies` are asked for.
    Files that are no tables are left out always: screening says what it cannot read.
    """
    for resource in resources_of(package):
        repeats = is_copy(package, resource.name) or is_own_book(package, resource.name)
        for path in () if repeats and not copies else resource.paths:
            with _opened(package.folder / path, resource.descriptor.get("encoding")) as tables:
                for text in tables:
                    sheet = f":{shown(text.sheet or '')}" if len(tables) > 1 else ""
                    yield f"{resource.name}{sheet}", text


@contextmanager
def _opened(path: Path, encoding: object) -> Iterator[tuple[TableText, ...]]:
    """Yield the tables in a file, in the encoding that is said or, where that does not apply, in its own."""
    with ExitStack() as stack:
        tables: tuple[TableText, ...] = ()
        for said in dict.fromkeys((encoding if isinstance(encoding, str) else None, None)):
            with suppress(InputError, UsageError):
                tables = stack.enter_context(open_tables(path, encoding=said))
                break
        yield tables
