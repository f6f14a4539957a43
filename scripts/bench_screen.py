"""Screening against reading: two made tables of 20 columns, one of events and one of people, and the labelled columns.

Everybody in it is made up: names are drawn from syllables, numbers from ranges.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from measuring import measured

if TYPE_CHECKING:
    from measuring import Run

READ = """\
import json, sys, time
from pathlib import Path
from hxl_kit.reading import open_table
start = time.perf_counter()
with open_table(Path(sys.argv[1])) as text:
    rows = sum(batch.frame.height for batch in text.batches())
print(json.dumps({"seconds": time.perf_counter() - start, "found": rows}))
"""

SCREEN = """\
import json, sys, time
from pathlib import Path
from hxl_kit.validation.screening_files import screening_report
start = time.perf_counter()
report = screening_report(Path(sys.argv[1]))
print(json.dumps({"seconds": time.perf_counter() - start, "found": len(report.issues)}))
"""
SCORE = Path(__file__).with_name("screening_score.py")
SYLLABLES = ("ba", "dar", "fa", "ghi", "ha", "jal", "ka", "lu", "mar", "no", "qas", "ri", "sam", "ta", "zu")
NOTES = (
    "Road closed by floods",
    "Market attacked at dawn",
    "Distribution moved to next week",
    "Water point works",
)


def screen(folder: Path, rows: int, runs: int) -> int:
    """Print what screening costs beside reading the same file alone, and the scores on labelled columns."""
    for make in (events, people):
        file = folder / f"{make.__name__}.csv"
        make(rows).write_csv(file)
        _compare(
            f"{make.__name__}, {rows:,} rows × 20 columns, {file.stat().st_size / 1e6:,.0f} MB", file, runs
        )
        file.unlink()
    _scores()
    return 0


def _compare(title: str, file: Path, runs: int) -> None:
    pairs = [(measured(READ, file), measured(SCREEN, file)) for _ in range(runs)]
    ratios = [_seconds(screened) / _seconds(read) for read, screened in pairs]
    cpu = [screened.cpu / read.cpu for read, screened in pairs]
    read, screened = pairs[-1]
    print(
        f"{title}: reading {_seconds(read):.1f} s, screening (reading included) {_seconds(screened):.1f} s; "
        f"ratio: median {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}), CPU "
        f"{statistics.median(cpu):.2f}; peak {screened.peak:,.0f} MB (reading {read.peak:,.0f} MB); "
        f"{json.loads(screened.output)['found']} findings"
    )


def _seconds(run: Run) -> float:
    return float(json.loads(run.output)["seconds"])


def _scores() -> None:
    """Print how many labelled columns are found, in their tables and each alone (`screening_score.py` says more)."""
    for how in ([], ["--alone"]):
        told = subprocess.run(
            [sys.executable, SCORE, "--split", "unseen", *how], capture_output=True, text=True, check=True
        ).stdout
        for line in told.splitlines():
            if line.startswith(("found", "harmless")):
                print(f"unseen columns {'alone' if how else 'in their tables'}: {line}")


def events(rows: int) -> pl.DataFrame:
    """Return made events: nothing in them is of a person."""
    g = np.random.default_rng(7)
    number = np.arange(rows)
    return pl.DataFrame(
        {
            "event_id": pl.Series(number).cast(pl.String).str.zfill(9).str.pad_start(12, "Q"),
            "event_date": _days(g, rows),
            "year": g.integers(2000, 2025, rows),
            "admin1": g.choice(["North", "Middle", "Coast"], rows),
            "admin1_pcode": g.choice(["QQ11", "QQ12", "QQ13"], rows),
            "admin2_pcode": g.choice([f"QQ{n}" for n in range(1100, 1400)], rows),
            "latitude": g.uniform(12, 18, rows).round(6),
            "longitude": g.uniform(43, 50, rows).round(6),
            "actor1": g.choice(["Group A", "Group B"], rows),
            "actor2": g.choice(["Civilians", "Group C"], rows),
            "type": g.choice(["battle", "shelling"], rows),
            "fatalities": g.integers(0, 20, rows),
            "injured": g.integers(0, 50, rows),
            "notes": [f"{NOTES[n % 4]} near place {n % 977} on day {n % 3000}" for n in range(rows)],
            "source": g.choice(["Radio A", "Paper B"], rows),
            "source_url": [f"https://example.org/r/{n}" for n in range(rows)],
            "timestamp": g.integers(1_600_000_000, 1_700_000_000, rows),
            "iso": ["999"] * rows,
            "precision": g.integers(1, 4, rows),
            "population": g.integers(1000, 90_000_000, rows),
        }
    )


def people(rows: int) -> pl.DataFrame:
    """Return a made register of households, in which half of the columns tell on people."""
    g = np.random.default_rng(11)
    syllables = np.array(SYLLABLES)
    drawn = g.integers(0, len(syllables), (4, rows))
    first, last = (
        pl.Series(np.char.add(syllables[a], syllables[b])).str.to_titlecase()
        for a, b in (drawn[:2], drawn[2:])
    )
    hexadecimal = [f"{a:08x}-{b:04x}-4{c:03x}-9{c:03x}-{a:08x}{b:04x}" for a, b, c in _parts(g, rows)]
    return pl.DataFrame(
        {
            "start": _days(g, rows) + "T10:15:00.000+03:00",
            "enumerator": g.choice(["E01", "E02", "E03"], rows),
            "head_of_household": first + " " + last,
            "phone": "+25261" + pl.Series(g.integers(1_000_000, 9_999_999, rows)).cast(pl.String),
            "email": (first + "." + last).str.to_lowercase() + "@example.org",
            "national_id": pl.Series(g.integers(10**9, 10**10, rows)).cast(pl.String),
            "date_of_birth": _days(g, rows),
            "sex": g.choice(["f", "m"], rows),
            "age": g.integers(16, 90, rows),
            "district": g.choice([f"D{n}" for n in range(90)], rows),
            "gps_latitude": g.uniform(2, 4, rows).round(6),
            "gps_longitude": g.uniform(44, 46, rows).round(6),
            "members": g.integers(1, 12, rows),
            "water": g.choice(["well", "truck", "river"], rows),
            "disability": g.choice(["none", "seeing", "walking"], rows),
            "complaint": [f"{NOTES[n % 4]} and nobody came, says person {n % 9973}" for n in range(rows)],
            "needs": g.choice(["food", "water", "shelter"], rows),
            "score": g.integers(0, 100, rows),
            "_uuid": hexadecimal,
            "_index": np.arange(rows),
        }
    )


def _parts(g: np.random.Generator, rows: int) -> list[tuple[int, int, int]]:
    drawn = g.integers(0, (1 << 32, 1 << 16, 1 << 12), (rows, 3))
    return [(int(a), int(b), int(c)) for a, b, c in drawn]


def _days(g: np.random.Generator, rows: int) -> pl.Series:
    return pl.Series(g.integers(3000, 19000, rows)).cast(pl.Int32).cast(pl.Date).cast(pl.String)
