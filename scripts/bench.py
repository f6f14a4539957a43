"""Benchmarks, each as ratios in one run: `python scripts/bench.py normalise [FILE] [--runs 3]`.

Every measured run is a process of its own: wall and CPU seconds and peak memory are what the operating
system accounts for it. The floor and the tool take turns, so that a slow moment of the machine hits both.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MAKER = ROOT.parent / "shared" / "data" / "make_ged_like.py"
SAMPLE = ROOT / "datapackages" / "ucdp-ged-syria" / "inputs" / "ged_191_syria_2019_q4.csv.gz"
ROWS = 400_000


@dataclass(frozen=True)
class Run:
    """One process: wall and CPU seconds, peak memory in megabytes, and what it printed."""

    wall: float
    cpu: float
    peak: float
    output: str


def main() -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("benchmark", choices=["normalise"])
    parser.add_argument("file", nargs="?", type=Path, help="a UCDP GED file; made if not given")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hxl-kit-bench-") as name:
        folder = Path(name)
        file = arguments.file or ged_like(folder / "ged_like.csv")
        normalise(file, folder, arguments.runs)
    return 0


def normalise(file: Path, folder: Path, runs: int) -> None:
    """Compare `hxl-kit normalise` with the floor: polars reads the file as text and writes one Parquet file."""
    print(f"{file.name}: {file.stat().st_size / 1e6:,.0f} MB")
    floors, tools = [], []
    for number in range(runs + 1):
        out = folder / "package"
        shutil.rmtree(out, ignore_errors=True)
        pair = measured(FLOOR, file, folder / "floor.parquet"), measured(TOOL, file, out)
        if number:
            floors.append(pair[0])
            tools.append(pair[1])
    show("floor: polars, text to one Parquet", floors)
    show("hxl-kit normalise, file to package", tools)
    ratios = [tool.wall / floor.wall for tool, floor in zip(tools, floors, strict=True)]
    print(f"wall ratio: median {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})")
    cpu = [tool.cpu / floor.cpu for tool, floor in zip(tools, floors, strict=True)]
    print(f"CPU ratio: median {statistics.median(cpu):.2f}")
    last = json.loads(tools[-1].output.splitlines()[-1])
    print(f"rows: {last['rows']}")
    print("stages of the last run (wall seconds; reading, mapping and the two writers overlap):")
    for name, seconds in sorted(last["stages"].items(), key=lambda item: -item[1]):
        print(f"  {seconds:6.2f}  {name}")


FLOOR = """
import sys, polars as pl
pl.read_csv(sys.argv[1], infer_schema=False).write_parquet(sys.argv[2])
"""
TOOL = """
import json, sys, time
from pathlib import Path

import hxl_kit.package.build as build
from hxl_kit.normalise import Normaliser
from hxl_kit.package.author import Input, Options
from hxl_kit.package.outputs.delimited import CsvWriter
from hxl_kit.package.outputs.parquet import ParquetWriter
from hxl_kit.package.provider import authored_by_source
from hxl_kit.package.tables import TableFiles
from hxl_kit.reading import delimited
from hxl_kit.sources import source

stages = {}

def timed(owner, name, label):
    inner = getattr(owner, name)
    def outer(*given, **named):
        start = time.perf_counter()
        try:
            return inner(*given, **named)
        finally:
            stages[label] = stages.get(label, 0.0) + time.perf_counter() - start
    setattr(owner, name, outer)

timed(delimited, "check_text", "read: look at every byte")
timed(build, "sha256_of", "hash the input")
timed(Normaliser, "normalise", "map and check rows")
timed(CsvWriter, "write", "write CSV (thread)")
timed(ParquetWriter, "write", "write Parquet (thread)")
timed(TableFiles, "check_keys", "compare keys and references")
timed(build, "finish_package", "companions, hashes, descriptor")
timed(build, "refuse_invalid", "frictionless")
file, out = Path(sys.argv[1]), Path(sys.argv[2])
found = source("ucdp_ged")
built = build.build_package(authored_by_source(found, (Input(path=file, source=found.id),), out, Options()), out)
print(json.dumps({"rows": dict(built.rows), "stages": stages}))
"""


def measured(program: str, *arguments: Path) -> Run:
    """Run a Python program in a process of its own and return what it cost.

    Raises:
        SystemExit: the program failed.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], stdout=output)
        usage: Any = None
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        else:
            process.wait()
        wall = time.perf_counter() - start
        output.seek(0)
        printed = output.read().decode()
    if process.returncode:
        sys.exit(f"bench: the measured program failed (exit code {process.returncode})")
    kilobytes = 1024 if sys.platform != "darwin" else 1
    cpu = usage.ru_utime + usage.ru_stime if usage else float("nan")
    return Run(wall, cpu, usage.ru_maxrss * kilobytes / 1e6 if usage else float("nan"), printed)


def show(label: str, runs: list[Run]) -> None:
    """Print the median of each figure."""
    wall, cpu, peak = (
        statistics.median(getattr(run, name) for run in runs) for name in ("wall", "cpu", "peak")
    )
    print(f"{label}: wall {wall:.2f} s, CPU {cpu:.2f} s, peak {peak:,.0f} MB (median of {len(runs)})")


def ged_like(path: Path) -> Path:
    """Write a file of UCDP GED's layout with 400,000 rows; recombined rows, never to be published as UCDP's."""
    if MAKER.exists():
        subprocess.run(
            [sys.executable, str(MAKER), str(path), str(ROWS)], check=True, stdout=subprocess.DEVNULL
        )
        return path
    import polars as pl

    rows = pl.read_csv(SAMPLE, infer_schema=False)
    times = -(-ROWS // rows.height)
    many = pl.concat([rows] * times).head(ROWS).drop("id").with_row_index("id", offset=1_000_000)
    many.write_csv(path)
    return path


if __name__ == "__main__":
    sys.exit(main())
