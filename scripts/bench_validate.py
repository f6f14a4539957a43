"""The benchmark of the gate: one package of a million events, judged by frictionless, by hxl-kit and by others.

Every run is a process of its own. "in" is the CPU time of the judging itself, without the start of Python and the
imports; "CPU", "wall" and "peak" are those of the whole process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from measuring import Run, measured

MAKER = Path(__file__).resolve().parents[2] / "shared" / "conformance" / "make_events.py"

TIMED = """
import json, sys, time
from pathlib import Path
{imports}
folder, memory = Path(sys.argv[1]), sys.argv[2]
descriptor = folder / "datapackage.json"
start = time.process_time(), time.perf_counter()
{work}
cpu, wall = time.process_time() - start[0], time.perf_counter() - start[1]
print(json.dumps({{"cpu": cpu, "wall": wall, "errors": errors}}))
"""

FRICTIONLESS = (
    "from frictionless import Package",
    """
report = Package(str(descriptor)).validate(limit_errors=1 << 40)
errors = report.stats["errors"]
""",
)
GATE = (
    "from hxl_kit.gate import verdict",
    """
found = verdict(descriptor, listed={listed})
errors = len(found.errors) + sum(task.counts.total() for task in found.tasks)
""",
)
REMEMBERING = (
    "from hxl_kit.gate import Memory, verdict",
    """
found = verdict(descriptor, listed=1000, memory=Memory(Path(memory)))
errors = len(found.errors) + sum(task.counts.total() for task in found.tasks)
""",
)
FLOOR_ARROW = (
    "import pyarrow as pa, pyarrow.csv as csv",
    """
names = (folder / "events.csv").open(encoding="utf-8").readline().strip().split(",")
errors = 0
for batch in csv.open_csv(
    folder / "events.csv",
    read_options=csv.ReadOptions(block_size=2 << 20),
    parse_options=csv.ParseOptions(newlines_in_values=True),
    convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
):
    pass
""",
)
FLOOR_POLARS = (
    "import polars as pl",
    """
pl.read_csv(folder / "events.csv", infer_schema=False)
errors = 0
""",
)
DATAFRAMELY = (
    "import dataframely as dy, polars as pl",
    """
schema = json.loads(descriptor.read_text())["resources"][0]["schema"]
date = pl.Date, pl.Datetime
class Events(dy.Schema):
    event_id = dy.String(nullable=False, regex=r"^[A-Z]{{3}}\\d{{8}}$", primary_key=True)
    event_date = dy.Date(nullable=False, min=__import__("datetime").date(1997, 1, 1), max=__import__("datetime").date(2026, 12, 31))
    year = dy.Int64(nullable=False, min=1997, max=2026)
    event_type = dy.Enum(schema["fields"][3]["constraints"]["enum"], nullable=False)
    sub_event_type = dy.Enum(schema["fields"][4]["constraints"]["enum"], nullable=False)
    iso3 = dy.String(nullable=False, regex="^[A-Z]{{3}}$")
    adm1_pcode = dy.String(nullable=False, regex=r"^[A-Z]{{2}}\\d{{2}}$")
    adm2_pcode = dy.String(nullable=False, regex=r"^[A-Z]{{2}}\\d{{6}}$")
    adm2_name = dy.String(nullable=False, max_length=100)
    location = dy.String(nullable=False, min_length=1, max_length=200)
    latitude = dy.Float64(nullable=False, min=-90, max=90)
    longitude = dy.Float64(nullable=False, min=-180, max=180)
    geo_precision = dy.Int64(nullable=False, is_in=[1, 2, 3])
    fatalities = dy.Int64(nullable=False, min=0)
    civilians = dy.Int64(nullable=True, min=0)
    displaced = dy.Int64(nullable=True, min=0)
    source = dy.String(nullable=False)
    notes = dy.String(nullable=False, max_length=5000)
    verified = dy.Bool(nullable=False)
    updated_at = dy.Datetime(nullable=False, time_unit="us")
types = {{"integer": pl.Int64, "number": pl.Float64, "date": pl.Date, "boolean": pl.Boolean}}
frame = pl.read_csv(folder / "events.csv", infer_schema=False)
frame = frame.with_columns(
    *(pl.col(f["name"]).cast(types[f["type"]]) for f in schema["fields"] if f["type"] in ("integer", "number")),
    pl.col("event_date").str.to_date("%Y-%m-%d"), pl.col("verified") == "true",
    pl.col("updated_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us"),
)
_, failures = Events.filter(frame, cast=True)
admin = pl.read_csv(folder / "admin.csv", infer_schema=False)
missing = frame.join(admin, on="adm2_pcode", how="anti").height
errors = sum(failures.counts().values()) + missing
""",
)


@dataclass(frozen=True)
class Cost:
    """What a contestant cost: CPU and wall seconds of the judging, the whole process, and the errors it found."""

    cpu: float
    wall: float
    run: Run
    errors: int


def validate(package: Path | None, folder: Path, rows: int) -> None:
    """Print what the contestants cost on a clean package, on one with 1 % of bad cells, and on a larger one."""
    clean = package or made(folder / "clean", rows)
    memory = folder / "memory"
    floors = {"floor: pyarrow": FLOOR_ARROW, "floor: polars": FLOOR_POLARS}
    others = {"dataframely (typed, same rules)": DATAFRAMELY}
    ours = {"hxl-kit, cold": REMEMBERING, "hxl-kit, unchanged": REMEMBERING, "hxl-kit, no memory": GATE}
    contest(
        f"clean, {rows:,} rows",
        clean,
        {**floors, **ours, **others, "frictionless": FRICTIONLESS},
        memory,
    )
    if package is None:
        bad = made(folder / "bad", rows, "0.01")
        everything = {"hxl-kit, all errors": GATE, "frictionless, all errors": FRICTIONLESS}
        contest("1 % bad cells", bad, everything, memory)
        large = made(folder / "large", 5 * rows)
        contest(f"clean, {5 * rows:,} rows", large, {**floors, "hxl-kit, cold": REMEMBERING}, memory)


def contest(
    title: str,
    package: Path,
    contestants: dict[str, tuple[str, str]],
    memory: Path,
) -> None:
    """Run the contestants one after the other and print a table, with ratios to the last one."""
    print(f"\n{title}")
    print(f"{'':34}{'in':>8}{'wall':>8}{'CPU':>8}{'all':>8}{'peak':>9}{'errors':>10}")
    costs = {}
    for name, program in contestants.items():
        costs[name] = cost(program, package, memory)
        one = costs[name]
        figures = f"{one.cpu:8.2f}{one.wall:8.2f}{one.run.cpu:8.2f}{one.run.wall:8.2f}{one.run.peak:6,.0f} MB"
        print(f"{name:34}{figures}{one.errors:10,}", flush=True)
    last = next(reversed(costs))
    if last.startswith("frictionless"):
        for name, one in costs.items():
            print(f"{name}: {costs[last].cpu / max(one.cpu, 1e-9):,.0f} × less CPU than {last}, in-process")


def cost(program: tuple[str, str], package: Path, memory: Path) -> Cost:
    """Return what one contestant costs."""
    imports, work = program
    text = TIMED.format(imports=imports, work=work.format(listed=None))
    run = measured(text, package, memory)
    told = json.loads(run.output.splitlines()[-1])
    return Cost(told["cpu"], told["wall"], run, told["errors"])


def made(folder: Path, rows: int, *bad: str) -> Path:
    """Write the package of made events, and return its folder.

    Raises:
        SystemExit: what makes it is not here; a package has to be named instead.
    """
    if not MAKER.exists():
        sys.exit("bench: name the folder of a package with a resource 'events' to measure on")
    subprocess.run(
        [sys.executable, str(MAKER), str(folder), str(rows), *bad], check=True, stdout=subprocess.DEVNULL
    )
    return folder
