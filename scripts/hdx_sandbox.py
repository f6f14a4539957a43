"""A sandbox HDX on this computer: a real CKAN with HDX's rules. `python3 scripts/hdx_sandbox.py up|down|env|status`.

Any Python from 3.11 on runs it, on Linux and macOS; docs/sandbox.md tells more.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from sandbox.instance import Instance
from sandbox.places import Ports, SandboxError, cache, free_ports, one_at_a_time

PORT = 5055


def main() -> int:
    """Return 0 if it was done (`status`: if it is up), 1 otherwise."""
    arguments = _arguments()
    action = {"up": up, "down": down, "env": env, "status": status, "watch": watch}[arguments.action]
    try:
        return action(arguments)
    except SandboxError as error:
        print(f"hdx_sandbox: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("hdx_sandbox: stopped", file=sys.stderr)
        return 1


def up(arguments: argparse.Namespace) -> int:
    """Start a sandbox with a fresh database, unless it is up; print where it is and its keys."""
    with one_at_a_time(cache()):
        instance = Instance(cache(), Ports(arguments.port) if arguments.port else free_ports())
        if not instance.answers():
            instance.up(wheels=arguments.wheels)
    if arguments.parent:
        _watch_over(instance, arguments.parent)
    print(instance.env.read_text(encoding="utf-8"), end="")
    return 0


def down(arguments: argparse.Namespace) -> int:
    """Stop it; what was published there is gone."""
    Instance(cache(), Ports(arguments.port)).down()
    return 0


def env(arguments: argparse.Namespace) -> int:
    """Print where it is and its keys."""
    instance = Instance(cache(), Ports(arguments.port))
    if not instance.env.exists():
        raise SandboxError(
            f"no sandbox at port {arguments.port}; start it: python3 scripts/hdx_sandbox.py up"
        )
    print(instance.env.read_text(encoding="utf-8"), end="")
    return 0


def status(arguments: argparse.Namespace) -> int:
    """Say whether it is up."""
    instance = Instance(cache(), Ports(arguments.port))
    is_up = instance.answers()
    print(f"{instance.url} is {'up' if is_up else 'down'}")
    return 0 if is_up else 1


def watch(arguments: argparse.Namespace) -> int:
    """Stop a sandbox when the process that wanted it is gone, however it ended."""
    instance = Instance(cache(), Ports(arguments.port))
    while instance.env.exists():
        if not _lives(arguments.parent):
            instance.down()
        time.sleep(1)
    return 0


def _watch_over(instance: Instance, parent: int) -> None:
    options = ("--port", str(instance.ports.web), "--parent", str(parent))
    with (instance.folder / "watch.log").open("wb") as log:
        subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "watch", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "action", choices=("up", "down", "env", "status", "watch"), metavar="up|down|env|status"
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help="of its web pages; the next three are used too (0: any)"
    )
    parser.add_argument(
        "--wheels", action="store_true", help="PostgreSQL and Redis from PyPI, not the system's"
    )
    parser.add_argument("--parent", type=int, default=0, help="stop when this process is gone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
