"""Benchmarks: `python scripts/bench.py normalise [FILE]`, `summarise [FILE]`, `sources [FOLDER]`, `places`, `validate [PACKAGE]`, `hxl [FILE]`, `repository`, `screen`, `publish`.

Every measured run is a process of its own: wall and CPU seconds and peak memory are what the operating
system accounts for it. The floor and the tool take turns, so that a slow moment of the machine hits both.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measuring import Run, measured

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
MAKER = ROOT.parent / "shared" / "data" / "make_ged_like.py"
SAMPLE = ROOT / "datapackages" / "ucdp-ged-syria" / "inputs" / "ged_191_syria_2019_q4.csv.gz"
ROWS = 400_000
SAMPLES = ROOT / "tests" / "data" / "sources"
GROWN_ROWS = 100_000
GROWN_SHEET_ROWS = 20_000
GROWN_RECORDS = 20_000
LIMIT = 6
SCRIPTS = ROOT / "scripts"
CODS = ROOT.parent / "shared" / "data" / "cod"
NAMED_COUNTRIES = ("COL", "BRA")
NAMES_ASKED = 15_000
NAMES_SAMPLED = 100


def main() -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "benchmark",
        choices=["normalise", "sources", "places", "summarise", *BY_MODULE],
    )
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="a UCDP GED file (made if not given), or a folder of samples by source",
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="places: a few countries, no timing")
    parser.add_argument(
        "--errors", type=int, default=0, help="places: list so many wrong and abstained answers"
    )
    parser.add_argument("--seed", type=int, default=4, help="places: another seed asks other names")
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="validate, screen: rows of the made tables"
    )
    parser.add_argument("--megabytes", type=int, default=300, help="publish: size of the file")
    parser.add_argument("--datasets", type=int, default=200, help="publish: how many are synced")
    arguments = parser.parse_args()
    if arguments.benchmark == "places":
        return places(quick=arguments.quick, seed=arguments.seed, errors=arguments.errors)
    with tempfile.TemporaryDirectory(prefix="hxl-kit-bench-") as name:
        return run(arguments, Path(name))


def run(asked: argparse.Namespace, folder: Path) -> int:
    """Run a benchmark that needs a folder to work in; return the exit code."""
    if asked.benchmark in BY_MODULE:
        made: int = BY_MODULE[asked.benchmark](import_module(f"bench_{asked.benchmark}"), asked, folder)
        return made
    if asked.benchmark == "sources":
        return sources(asked.file or SAMPLES, folder, asked.runs)
    file = asked.file or ged_like(folder / "ged_like.csv")
    (summarise if asked.benchmark == "summarise" else normalise)(file, folder, asked.runs)
    return 0


BY_MODULE: dict[str, Callable[[Any, argparse.Namespace, Path], int]] = {
    "validate": lambda module, asked, folder: module.validate(asked.file, folder, asked.rows) or 0,
    "hxl": lambda module, asked, folder: module.hxl(asked.file, folder, min(asked.rows, GROWN_ROWS)),
    "repository": lambda module, _, folder: module.repository(folder),
    "screen": lambda module, asked, folder: module.screen(folder, asked.rows, asked.runs),
    "publish": lambda module, asked, folder: module.publish(folder, asked.megabytes, asked.datasets),
}
"""Benchmarks in a module of their own, `bench_<name>`, which is loaded when it is asked for."""


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


def sources(samples: Path, folder: Path, runs: int) -> int:
    """Compare reading and normalising each source's samples, grown to many rows, with reading them alone.

    The floor is polars reading the same file as text; of a workbook, calamine reading the sheet. Both run in one
    process, after a first run that is not counted. Prints rows per second and the ratio; returns the exit code.
    """
    print(
        f"{'source':22} {'layout':24} {'file':44} {'rows':>8} {'rows/s':>9} {'floor s':>8} {'tool s':>8} {'ratio':>6}"
    )
    worst: dict[str, float] = {}
    for sample in sorted(f for f in samples.glob("*/*") if f.suffix in GROWN and "rejected" not in f.name):
        grown = folder / f"grown{sample.suffix}"
        if not GROWN[sample.suffix](sample, grown):
            continue
        run = measured(SOURCE, grown, Path(sample.parent.name), Path(str(runs)))
        if not run.output:
            continue
        found = json.loads(run.output)
        ratio = found["tool"] / found["floor"]
        worst[sample.parent.name] = max(ratio, worst.get(sample.parent.name, 0.0))
        print(
            f"{sample.parent.name:22} {found['layout'][:24]:24} {sample.name[:44]:44} {found['rows']:8,} "
            f"{found['rows'] / found['tool']:9,.0f} {found['floor']:8.3f} {found['tool']:8.3f} {ratio:6.1f}"
        )
    slow = {name: ratio for name, ratio in worst.items() if ratio > LIMIT}
    print(f"beyond {LIMIT} times the floor: {', '.join(f'{n} ({r:.1f})' for n, r in slow.items()) or 'none'}")
    return 0


def summarise(file: Path, folder: Path, runs: int) -> None:
    """Print what sums over a package made from the file cost, by country, of its casualties and its events."""
    package = folder / "package"
    measured(BUILD, file, package)
    for table in ("casualties", "events"):
        found = [measured(SUMMARISE, package, Path(table)) for _ in range(runs + 1)][1:]
        show(f"hxl-kit summarise, {table} by country: {found[-1].output.strip()}", found)


def places(*, quick: bool, seed: int, errors: int) -> int:
    """Put hard spellings to hxl-kit and to AdminLevel alone, then time many names; returns the exit code."""
    import place_judge

    countries, count = (
        (place_judge.QUICK, place_judge.PER_COUNTRY_QUICK)
        if quick
        else (place_judge.COUNTRIES, place_judge.PER_COUNTRY)
    )
    place_judge.judge(countries, count, seed, CODS, errors)
    for country in () if quick else NAMED_COUNTRIES:
        ours = measured(NAMES, SCRIPTS, Path(country), Path(str(NAMES_ASKED)), Path("hxl-kit"))
        alone = measured(NAMES, SCRIPTS, Path(country), Path(str(NAMES_SAMPLED)), Path("AdminLevel"))
        fast, slow = (json.loads(run.output) for run in (ours, alone))
        print(
            f"{country}, {fast['units']:,} units: hxl-kit {fast['names']:,} names in {fast['seconds']:.1f} s "
            f"({fast['names'] / fast['seconds']:,.0f} a second, peak {ours.peak:,.0f} MB); AdminLevel "
            f"{slow['names'] / slow['seconds']:,.0f} a second ({slow['names']} names); ratio "
            f"{slow['seconds'] / slow['names'] * fast['names'] / fast['seconds']:,.0f}"
        )
    return 0


def grown_text(sample: Path, grown: Path) -> bool:
    """Write a CSV sample with its data rows repeated to about GROWN_ROWS; say whether it has any."""
    import csv

    from hxl_kit.errors import HxlKitError
    from hxl_kit.reading import open_table

    try:
        with open_table(sample) as table:
            first, encoding, mark = table.first_row, table.encoding, table.delimiter
    except HxlKitError:
        return False
    rows = list(csv.reader(sample.read_text(encoding=encoding).splitlines(keepends=True), delimiter=mark))
    above, data = rows[: first - 1], rows[first - 1 :]
    with grown.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=mark)
        writer.writerows(above)
        for _ in range(GROWN_ROWS // max(1, len(data))):
            writer.writerows(data)
    return bool(data)


def grown_json(sample: Path, grown: Path) -> bool:
    """Write a JSON sample with the records of its longest list repeated to about GROWN_RECORDS."""
    content = json.loads(sample.read_text(encoding="utf-8-sig"))
    name = None
    if isinstance(content, dict):
        name = max(
            (k for k, v in content.items() if isinstance(v, list)),
            key=lambda k: len(content[k]),
            default=None,
        )
    records = content if isinstance(content, list) else content[name] if name else []
    if not records or not isinstance(records[0], dict):
        return False
    many = records * (GROWN_RECORDS // len(records))
    grown.write_text(json.dumps(many if name is None else {**content, name: many}), encoding="utf-8")
    return True


def grown_workbook(sample: Path, grown: Path) -> bool:
    """Write a workbook sample with the rows under the heading of each sheet repeated to about GROWN_SHEET_ROWS."""
    import openpyxl
    import xlsxwriter

    from hxl_kit.errors import HxlKitError
    from hxl_kit.reading import open_tables

    try:
        with open_tables(sample) as tables:
            first = {table.sheet: table.first_row for table in tables}
    except HxlKitError:
        return False
    book = openpyxl.load_workbook(sample, data_only=True)
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    with xlsxwriter.Workbook(grown, options) as written:
        for name in (name for name in book.sheetnames if name in first):
            rows = [list(row) for row in book[name].iter_rows(values_only=True)]
            above, data = rows[: first[name] - 1], rows[first[name] - 1 :]
            sheet = written.add_worksheet(name)
            for number, row in enumerate(above + data * (GROWN_SHEET_ROWS // max(1, len(data)))):
                sheet.write_row(number, 0, [cell if cell is not None else "" for cell in row])
    return True


GROWN = {".csv": grown_text, ".json": grown_json, ".geojson": grown_json, ".xlsx": grown_workbook}

SOURCE = """
import json, statistics, sys, time
from dataclasses import replace
from pathlib import Path

import fastexcel, polars as pl

from hxl_kit.errors import HxlKitError
from hxl_kit.normalise import Conventions, Normaliser
from hxl_kit.package.tables import ahead
from hxl_kit.reading import open_tables
from hxl_kit.sources import source

file, found, runs = Path(sys.argv[1]), source(sys.argv[2]), int(sys.argv[3])

def floor(sheets):
    if file.suffix == ".xlsx":
        book = fastexcel.read_excel(file)
        for sheet in sheets:
            book.load_sheet(sheet, header_row=None, dtypes="string").to_arrow()
    elif file.suffix == ".csv":
        pl.read_csv(file, infer_schema=False, separator=mark, truncate_ragged_lines=True)
    else:
        try:
            pl.read_json(file, infer_schema_length=None)
        except pl.exceptions.ComputeError:
            # Records of mixed kinds: polars cannot read them at all.
            json.loads(file.read_bytes())

def tool():
    rows, sheets, name = 0, [], ""
    with open_tables(file) as tables:
        for table in tables:
            try:
                layout = found.layout_of(table)
            except HxlKitError:
                continue
            # The rows are repeated on purpose: without a key none is a repeat.
            names, keyless = layout.names_in(table.header, table.tags), replace(layout, key=None, near_key=None)
            renamed = lambda: (batch.frame.rename(names) for batch in table.batches())
            normaliser = Normaliser(keyless, "bench", conventions=Conventions(renamed, table.date_system))
            for frame in ahead(renamed()):
                rows += frame.height
                normaliser.normalise(frame)
            sheets.append(table.sheet)
            name, marks = layout.title, table.delimiter
    return rows, sheets, name, marks if rows else ""

def seconds(work, *given):
    start = time.perf_counter()
    work(*given)
    return time.perf_counter() - start

try:
    rows, sheets, name, mark = tool()
except HxlKitError:
    rows = 0
if rows:
    floor(sheets)
    pairs = [(seconds(floor, sheets), seconds(tool)) for _ in range(runs)]
    medians = [statistics.median(times) for times in zip(*pairs)]
    print(json.dumps({"layout": name, "rows": rows, "floor": medians[0], "tool": medians[1]}))
"""

NAMES = """
import json, sys, time

sys.path.insert(0, sys.argv[1])
import place_judge

country, count, matcher = sys.argv[2], int(sys.argv[3]), place_judge.MATCHERS[sys.argv[4]]
queries, units = place_judge.many_names(country, count)
start = time.perf_counter()
matcher(queries, units)
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "names": queries.height, "units": units.height}))
"""

FLOOR = """
import sys, polars as pl
pl.read_csv(sys.argv[1], infer_schema=False).write_parquet(sys.argv[2])
"""
TOOL = """
import json, sys, time
from pathlib import Path

import hxl_kit.package.build as build
import hxl_kit.package.intake as intake
from hxl_kit.normalise import Normaliser
from hxl_kit.package.author import Input, Options
from hxl_kit.package.outputs.delimited import CsvWriter
from hxl_kit.package.outputs.parquet import ParquetWriter
from hxl_kit.package.placing import Placer
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
timed(intake, "sha256_of", "hash the input")
timed(Normaliser, "normalise", "map and check rows")
timed(Placer, "place", "look places up")
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

BUILD = """
import sys
from pathlib import Path

from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.sources import source

file, out = Path(sys.argv[1]), Path(sys.argv[2])
inputs = (Input(path=file, source="ucdp_ged"),)
build_package(authored_by_source(source("ucdp_ged"), inputs, out, Options()), out)
"""

SUMMARISE = """
import sys
from pathlib import Path

from hxl_kit.reading.packages import read_package
from hxl_kit.summarising import make_request, summarise

package, table = Path(sys.argv[1]), sys.argv[2]
answer = summarise(read_package(package), make_request(table, by=["location_code"]))
rows = sum(group.rows for group in answer.groups)
print(f"{rows:,} figures in {len(answer.groups)} groups, {len(answer.refused)} refusals")
"""


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
