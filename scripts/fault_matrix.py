"""Every fault at every request of a publication to HDX: what the public sees, and whether a second run completes it.

python scripts/fault_matrix.py                       # starts a sandbox HDX of its own
python scripts/fault_matrix.py --request package_revise --page docs/faults.md
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from faults.cells import CELLS, Cell, cells_of, is_kill
from faults.runs import Bench, Judged
from faults.server import Server
from rich.console import Console
from rich.progress import track
from rich.table import Table

ROOT = Path(__file__).parents[1]
WIDTH = 132
START, END = "<!-- matrix -->", "<!-- end of matrix -->"


def main() -> int:
    """Return 0 if every cell is good, 1 otherwise."""
    arguments = _arguments()
    server = _server(arguments)
    with tempfile.TemporaryDirectory(prefix="hxl-kit-faults-") as folder:
        bench = Bench(server, Path(folder))
        cells = [cell for cell in _cells(bench, arguments) if _is_asked(cell, arguments)]
        begun = time.monotonic()
        judged = [
            _judge(bench, cell)
            for cell in track(cells, f"{len(cells):,} cells", console=Console(stderr=True))
        ]
    told = f"{len(judged):,} cells, {sum(bool(j.wrong) for j in judged)} bad"
    if arguments.page:
        _write_page(arguments.page, judged, told)
    _tell(judged, f"{told}, {time.monotonic() - begun:,.0f} s", arguments.format)
    return int(any(j.wrong for j in judged))


def _server(arguments: argparse.Namespace) -> Server:
    if arguments.url:
        return Server(
            arguments.url, os.environ["HDX_KEY"], arguments.organisation, arguments.maintainer, arguments.run
        )
    command = [sys.executable, str(ROOT / "scripts/hdx_sandbox.py"), "up", "--port", "0"]
    done = subprocess.run(
        [*command, "--parent", str(os.getpid())], stdout=subprocess.PIPE, text=True, check=True
    )
    told = dict(line.split("=", 1) for line in shlex.split(done.stdout))
    return Server(
        told["HDX_URL"],
        told["HDX_KEY"],
        told["HDX_ORGANISATION"],
        told["HDX_MAINTAINER"],
        Path(told["HDX_SANDBOX_RUN"]),
    )


def _cells(bench: Bench, arguments: argparse.Namespace) -> list[Cell]:
    return [
        cell
        for stage in ("first", "update")
        for cell in cells_of(stage, bench.requests_of(stage), each=arguments.each)
    ]


def _is_asked(cell: Cell, arguments: argparse.Namespace) -> bool:
    return all(
        not wanted or value in wanted
        for wanted, value in (
            (arguments.request, cell.action),
            (arguments.fault, cell.fault.partition(":")[0]),
            (arguments.stage, cell.stage),
        )
    )


def _judge(bench: Bench, cell: Cell) -> Judged:
    judged = bench.judge(cell)
    if judged.wrong:
        print(f"BAD {cell.text}: {'; '.join(judged.wrong)}", file=sys.stderr, flush=True)
    return judged


def _tell(judged: list[Judged], told: str, form: str) -> None:
    if form == "json":
        print(json.dumps([{**asdict(j.cell), "code": j.code, "wrong": j.wrong} for j in judged], indent=1))
        return
    console = Console(width=max(WIDTH, Console().width))
    for stage in dict.fromkeys(j.cell.stage for j in judged):
        header, *rows = rows_of([j for j in judged if j.cell.stage == stage])
        table = Table(title=f"{stage} publication", title_justify="left")
        for name in ("fault", *(row[0].removeprefix(f"{stage}: ") for row in rows)):
            table.add_column(name.replace("_", "_\n"), no_wrap=True)
        for number, fault in enumerate(header[1:], 1):
            table.add_row(fault, *(row[number] for row in rows))
        console.print(table)
    console.print(f"good/all; a cell is a fault before or after the work, once or lasting\n{told}")


def rows_of(judged: list[Judged]) -> list[list[str]]:
    """Return the table: a row for each request, a column for each fault, in each how many cells of all are good."""
    kinds = [kind for kind in CELLS if any(_kind(j) == kind for j in judged)]
    good, every = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for j in judged:
        place = (f"{j.cell.stage}: {j.cell.action}", _kind(j))
        every[place] += 1
        good[place] += not j.wrong
    named = list(dict.fromkeys(place for place, _ in every))
    return [
        ["request", *kinds],
        *([n, *(f"{good[n, k]}/{every[n, k]}" if every[n, k] else "" for k in kinds)] for n in named),
    ]


def _kind(judged: Judged) -> str:
    return "kill -9" if is_kill(judged.cell) else judged.cell.fault.partition(":")[0]


def _write_page(page: Path, judged: list[Judged], told: str) -> None:
    """Write the table into a page, between its two marks."""
    header, *rows = rows_of(judged)
    lines = [header, ["---"] * len(header), *rows]
    bad = [f"- {j.cell.text}: {'; '.join(j.wrong)}" for j in judged if j.wrong]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    listed = "\n\nBad:\n" + "\n".join(bad) if bad else ""
    page.write_text(f"{before}{START}\n{told}.\n\n{table}{listed}\n{END}{after}", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", help="of a running sandbox, whose key is HDX_KEY (without: one is started)")
    parser.add_argument("--run", type=Path, help="with --url: the sandbox's HDX_SANDBOX_RUN")
    parser.add_argument("--organisation", default="hxl-kit-rehearsal", help="with --url: who publishes")
    parser.add_argument("--maintainer", default="maintainer", help="with --url: who answers for the data")
    parser.add_argument(
        "--each", action="store_true", help="every time an action is asked, not the first and last"
    )
    parser.add_argument("--request", action="append", help="only this action (repeatable)")
    parser.add_argument("--fault", action="append", help="only this fault (repeatable)")
    parser.add_argument("--stage", action="append", choices=("first", "update"), help="only this publication")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--page", type=Path, help="write the table into this page too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
