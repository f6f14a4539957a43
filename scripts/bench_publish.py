"""Publishing to a sandbox HDX and syncing from it: memory, requests and seconds, hdx-python-api beside hxl_kit.

Everything is made up. A sandbox that runs at the usual port is used, else one is started; what was made there is
removed at the end.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import uuid
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_hdx.made import SMALL_ROWS, TABLE, write_package
from faults.server import Server
from measuring import measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCRIPTS = Path(__file__).resolve().parent
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from bench_hdx.{} import main; main(*sys.argv[2:])"
YES = Path("--yes")


@dataclass(frozen=True)
class Cost:
    """What one process cost: seconds without its start, CPU seconds with it, megabytes above imports, requests."""

    label: str
    seconds: float
    cpu: float
    memory: float
    requests: Counter[str]
    said: dict[str, Any]


def publish(folder: Path, megabytes: int, datasets: int) -> int:
    """Print what a publication and a sync cost; return 1 if a sync did not bring what there is, 0 otherwise."""
    server = _server()
    os.environ |= {"HXL_KIT_STATE": str(folder / "state"), "HXL_KIT_CACHE": str(folder / "cache")}
    name = f"bench-{uuid.uuid4().hex[:8]}"
    package = write_package(folder / "package", name, megabytes * 1_000_000)
    size = (package / TABLE).stat().st_size / 1e6
    print(f"one package of a CSV file of {size:,.0f} MB and its descriptor:")
    costs = [*_alone(server, name, package), *_commands(server, name, package)]
    _show(costs, costs[0])
    _show_requests(costs)
    print(f"\n{datasets} datasets of one organisation, a CSV file of {SMALL_ROWS} rows each:")
    return _synced(server, folder, name, datasets)


def _alone(server: Server, name: str, package: Path) -> Iterator[Cost]:
    """Yield what it costs to send the file: by hdx-python-api, then once more unchanged; by hxl_kit without the rest."""
    lists = package.parent / "lists"
    lists.mkdir()
    with _removed(server, name):
        for label in ("hdx-python-api: create", "hdx-python-api: again, unchanged"):
            yield _cost(server, label, "client", Path(name), package / TABLE, lists)
    with _removed(server, name):
        yield _cost(server, "hxl-kit: send, read back, keep", "kit", Path("upload"), package)


def _commands(server: Server, name: str, package: Path) -> Iterator[Cost]:
    """Yield what the commands cost, the first time and unchanged."""
    with _removed(server, name):
        for when in ("first", "unchanged"):
            for command, options in (("plan", ()), ("publish", (YES,))):
                label = f"hxl-kit {command}, {when}"
                yield _cost(server, label, "kit", Path("command"), Path(command), package, *options)


def _synced(server: Server, folder: Path, name: str, datasets: int) -> int:
    """Print what a sync costs, then the same without changes; return 1 if it did not bring all."""
    names = [f"{name}-{number:03d}" for number in range(datasets)]
    with _removed(server, *names, organisation=name):
        measured(PROGRAM.format("kit"), SCRIPTS, Path("make"), Path(name), Path(str(datasets)))
        costs = [
            _cost(server, f"hxl-kit sync, {outcome}", "kit", Path("sync"), Path(name), folder / "synced")
            for outcome in ("new", "unchanged")
        ]
    _show(costs, costs[0])
    for cost in costs:
        told = ", ".join(f"{action} {times}" for action, times in cost.requests.items())
        print(f"{cost.label}: {told}; {cost.requests.total() / datasets:.2f} requests a dataset")
    return int(any(c.said["counts"][c.label.rpartition(" ")[2]] != datasets for c in costs))


def _cost(server: Server, label: str, module: str, *given: Path) -> Cost:
    server.forget()
    run = measured(PROGRAM.format(module), SCRIPTS, *given)
    said = json.loads(run.output.splitlines()[-1])
    requests = Counter(action for action, _ in server.requests())
    return Cost(label, said["seconds"], run.cpu, said["peak"] - said["before"], requests, said)


@contextmanager
def _removed(server: Server, *names: str, organisation: str = "") -> Iterator[None]:
    """Remove datasets, and an organisation, at the end of the block."""
    try:
        yield
    finally:
        for name in names:
            server.purge(name)
        if organisation:
            server.ask("organization_purge", key=server.key, id=organisation)


def _show(costs: Sequence[Cost], base: Cost) -> None:
    print(f"{'':36} {'wall s':>8} {'times':>7} {'CPU s':>7} {'peak MB above import':>22} {'requests':>9}")
    for cost in costs:
        ratio = cost.seconds / base.seconds
        print(
            f"{cost.label:36} {cost.seconds:8.2f} {ratio:7.2f} {cost.cpu:7.1f} {cost.memory:22,.0f} {cost.requests.total():9,}"
        )


def _show_requests(costs: Sequence[Cost]) -> None:
    """Print how often each action was asked, a column for each process."""
    print("\nrequests by action:")
    for number, cost in enumerate(costs, 1):
        print(f"  ({number}) {cost.label}")
    actions = dict.fromkeys(action for cost in costs for action in cost.requests)
    print(f"{'':24}" + "".join(f"{f'({n})':>5}" for n in range(1, len(costs) + 1)))
    for action in actions:
        print(f"{action[:24]:24}" + "".join(f"{cost.requests[action] or '':>5}" for cost in costs))


def _server() -> Server:
    """Return the sandbox that runs at the usual port, else one that is started for as long as this process lives."""
    runs = subprocess.run([*_SANDBOX, "status"], stdout=subprocess.DEVNULL, check=False).returncode == 0
    asked = ["env"] if runs else ["up", "--port", "0", "--parent", str(os.getpid())]
    done = subprocess.run([*_SANDBOX, *asked], stdout=subprocess.PIPE, text=True, check=True)
    told = dict(line.split("=", 1) for line in shlex.split(done.stdout))
    os.environ |= told
    return Server(
        told["HDX_URL"],
        told["HDX_KEY"],
        told["HDX_ORGANISATION"],
        told["HDX_MAINTAINER"],
        Path(told["HDX_SANDBOX_RUN"]),
    )


_SANDBOX = (sys.executable, str(SCRIPTS / "hdx_sandbox.py"))
