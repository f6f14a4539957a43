"""Conformance: `python scripts/conformance.py frictionless MANIFEST`, `hostile MANIFEST`, `hxl FILE`.

`frictionless` compares verdicts with recorded ones, `hxl` answers with libhxl's; `hostile` runs files that mean harm or are badly broken.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import frictionless_cases
import hostile_cases
import hxl_cases


def main() -> int:
    """Run the comparison that the command line names; return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    hostile = commands.add_parser("hostile", help="run hostile files, each in a process that is watched")
    hostile.add_argument("manifest", type=Path)
    hostile.add_argument("--only", default="", help="run only the cases whose id holds this text")
    hostile.add_argument("--format", choices=["text", "json"], default="text", help="what validate prints")
    frictionless = commands.add_parser(
        "frictionless", help="compare verdicts with frictionless' recorded ones"
    )
    frictionless.add_argument("manifest", type=Path)
    frictionless.add_argument("--only", default="", help="run only the cases whose id holds this text")
    hxl = commands.add_parser("hxl", help="compare answers with libhxl's recorded ones")
    hxl.add_argument("recorded", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "hxl":
        return hxl_cases.run(arguments.recorded)
    if arguments.command == "frictionless":
        return frictionless_cases.run(arguments.manifest, arguments.only)
    return hostile_cases.run(arguments.manifest, only=arguments.only, form=arguments.format)


if __name__ == "__main__":
    raise SystemExit(main())
