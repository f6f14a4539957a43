"""Write `schemas/gazetteers/global_pcodes.csv.gz` anew: `python scripts/refresh_gazetteer.py FILE`.

FILE is "global_pcodes_adm_1_2.csv" of https://data.humdata.org/dataset/global-pcodes. Read the difference
before a commit: a P-code that is gone, or names another unit now, changes what old rows mean.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
from pathlib import Path

import polars as pl

from hxl_kit.places.gazetteer import COLUMNS, FOLDER, NAME
from hxl_kit.standard import schemas
from hxl_kit.standard.tables import table

GIVEN = ("Location", "Admin Level", "P-Code", "Name", "Parent P-Code", "Valid from date")


def packed(units: pl.DataFrame) -> bytes:
    """Return the units as CSV in gzip; the same units give the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(units.write_csv(line_terminator="\n").encode())
    return buffer.getvalue()


def read(content: bytes) -> tuple[pl.DataFrame, list[str]]:
    """Return the units of a downloaded file, sorted, and the lines left out because their code is no P-code."""
    given = pl.read_csv(content.removeprefix(b"\xef\xbb\xbf"), infer_schema=False)
    rows = given.select(GIVEN).rename(dict(zip(GIVEN, COLUMNS, strict=True)))
    rows = rows.filter(~pl.col("location_code").str.starts_with("#")).sort("location_code", "level", "code")
    pattern: str = table("events")["admin1_code"].constraints["pattern"]
    is_code = pl.col("code").str.contains(rf"\A(?:{pattern})\z")
    others = rows.filter(~is_code).select(pl.format("{} level {}: '{}' is no P-code", *COLUMNS[:3]))
    return rows.filter(is_code), others.to_series().to_list()


def about(content: bytes, units: pl.DataFrame, left_out: list[str]) -> dict[str, object]:
    """Return what is said of the edition; it is named after the latest day from which a unit is valid."""
    latest = units.select(pl.col("valid_from").max().cast(pl.String)).item()
    return {
        "id": f"global-pcodes-{latest}",
        "title": "Global P-codes, levels 1 and 2",
        "url": "https://data.humdata.org/dataset/global-pcodes",
        "licence": "CC BY",
        "attribution": "OCHA Common Operational Datasets (COD-AB), compiled by the Humanitarian Data Exchange (HDX)",
        "sha256": hashlib.sha256(content).hexdigest(),
        "units": units.height,
        "left_out": left_out,
    }


def main() -> int:
    """Write the gazetteer from a downloaded file; return the exit code."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and its file
        print("usage: python scripts/refresh_gazetteer.py FILE", file=sys.stderr)
        return 2
    content = Path(sys.argv[1]).read_bytes()
    units, left_out = read(content)
    described = json.dumps(about(content, units, left_out), ensure_ascii=False, indent=2) + "\n"
    schemas.path_of(FOLDER, f"{NAME}.csv.gz").write_bytes(packed(units))
    schemas.path_of(FOLDER, f"{NAME}.json").write_bytes(described.encode())
    print(f"{NAME}: {units.height:,} units of {units['location_code'].n_unique()} countries")
    print(*left_out, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
