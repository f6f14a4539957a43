"""Reviewed decisions: what people said of names that no method was sure of. They win from then on.

They are kept in a small CSV beside the package, one line per name. `hxl-kit build` lists what it could not match in
the same columns, so that a reviewer fills in the code and appends the lines.
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError, nearest
from hxl_kit.files import require_plain_file
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.places.gazetteer import Gazetteer

REQUIRED = ("location_code", "level", "name", "code")
OPTIONAL = ("parent_code", "decided_by", "decided_on", "note")
COLUMNS = ("location_code", "level", "parent_code", "name", "code", "decided_by", "decided_on", "note")
"""What a decision says: which unit (`code`, empty: none of this level) a provider's name or code stands for.

With `parent_code` the decision is about the name inside that unit only.
"""
SCHEMA = dict.fromkeys(COLUMNS, pl.String) | {"level": pl.UInt8}
MAXIMUM_BYTES = 16 << 20
_CODE = re.compile(r"[A-Z]{2,3}[0-9A-Z._-]{0,6}")


def no_decisions() -> pl.DataFrame:
    """Return a table of decisions without rows."""
    return pl.DataFrame(schema=SCHEMA)


@cache
def provider_decisions(source: str) -> pl.DataFrame:
    """Return what is known of names that a source uses otherwise than the gazetteer (schemas/gazetteers/provider_names.csv)."""
    path = schemas.path_of("gazetteers", "provider_names.csv")
    rows = pl.read_csv(path, infer_schema=False).filter(pl.col("source") == source)
    absent = [pl.lit(None, pl.String).alias(name) for name in COLUMNS if name not in rows.columns]
    known = rows.with_columns(folded(pl.col("name")), *absent)
    return known.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def read_decisions(path: Path, gazetteer: Gazetteer) -> pl.DataFrame:
    """Return the decisions of a CSV file: the columns of `COLUMNS`, names folded for comparison.

    Further columns, such as those of the list of unmatched names, are passed over.

    Raises:
        InputError: nothing is there.
        UsageError: it is no such table, a code is no unit of its country, or two lines contradict each other; all
            problems are named at once.
    """
    rows = _columns(_read(path), path).with_row_index("line", offset=2)
    problems = [*_bad_levels(rows), *_bad_codes(rows, gazetteer), *_contradictions(rows)]
    if problems:
        raise UsageError(f"{path}: {'; '.join(problems)}")
    return rows.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def folded(name: pl.Expr) -> pl.Expr:
    """Return a name as decisions compare it: letter case and white space do not count."""
    return name.str.normalize("NFC").str.replace_all(r"\s+", " ").str.strip_chars().str.to_lowercase()


def _read(path: Path) -> pl.DataFrame:
    if require_plain_file(path).stat().st_size > MAXIMUM_BYTES:
        raise UsageError(f"{path}: is larger than {MAXIMUM_BYTES:,} bytes; it should hold decisions only")
    try:
        text = path.read_text(encoding="utf-8-sig")
        return pl.read_csv(io.StringIO(text), infer_schema=False)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text; save it as CSV UTF-8") from error
    except pl.exceptions.PolarsError as error:
        raise UsageError(
            f"{path}: is no CSV table with the columns {', '.join(COLUMNS)} in its first line"
        ) from error


def _columns(rows: pl.DataFrame, path: Path) -> pl.DataFrame:
    missing = [name for name in REQUIRED if name not in rows.columns]
    if missing:
        hints = ", ".join(f"'{name}'{nearest(name, rows.columns)}" for name in missing)
        raise UsageError(f"{path}: column {hints} missing; a list of decisions has {', '.join(COLUMNS)}")
    given = [
        pl.col(name).str.strip_chars() if name in rows.columns else pl.lit(None, pl.String).alias(name)
        for name in COLUMNS
    ]
    stripped = rows.select(given).with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in COLUMNS
    )
    return stripped.with_columns(folded(pl.col("name")))


def _bad_levels(rows: pl.DataFrame) -> list[str]:
    bad = rows.filter(
        ~pl.col("level").str.contains(r"^[1-5]$").fill_null(value=False)
        | pl.col("name").is_null()
        | pl.col("location_code").is_null()
    )
    return [f"line {line}: give location_code, level (1 to 5) and name" for line in bad["line"]]


def _bad_codes(rows: pl.DataFrame, gazetteer: Gazetteer) -> list[str]:
    units = gazetteer.units.select("location_code", "code")
    lost = rows.filter(pl.col("code").is_not_null()).join(units, on=["location_code", "code"], how="anti")
    return [
        f"line {line}: no unit {_named(code, quoted=True)} of {_named(country)} in the gazetteer"
        for line, code, country in lost.select("line", "code", "location_code").iter_rows()
    ]


def _named(cell: str, *, quoted: bool = False) -> str:
    """Return a cell that is written like a code; another one may be a name that slipped into the column."""
    if not _CODE.fullmatch(cell):
        return "(no code)"
    return f"'{cell}'" if quoted else cell


def _contradictions(rows: pl.DataFrame) -> list[str]:
    key = ["location_code", "level", "parent_code", "name"]
    twice = rows.filter(pl.col("code").n_unique().over(key) > 1, ~pl.struct(key).is_first_distinct())
    return [f"line {line}: contradicts a line above on the same name" for line in twice["line"]]
