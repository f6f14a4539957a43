"""The hashtags that a Parquet file carries: `hxl_tag` in the metadata of each field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.errors import InputError
from hxl_kit.files import require_plain_file
from hxl_kit.reading.columnar import require_bearable_parquet
from hxl_kit.reading.table import plain_words

if TYPE_CHECKING:
    from pathlib import Path

_KEY = b"hxl_tag"


def parquet_tags(path: Path) -> dict[str, str | None]:
    """Return the hashtag of each column of a Parquet file as it is written there, None for one without; no row is read.

    Raises:
        InputError: the file cannot be read, or its footer cannot.
    """
    import pyarrow as pa
    from pyarrow import parquet

    require_bearable_parquet(require_plain_file(path), str(path))
    try:
        with plain_words(str(path)):
            schema = parquet.read_schema(path)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InputError(f"{path}: its footer cannot be read; export the table again") from error
    tags = {field.name: (field.metadata or {}).get(_KEY) for field in schema}
    return {
        name: None if tag is None else tag.decode("utf-8", errors="replace") for name, tag in tags.items()
    }
