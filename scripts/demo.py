"""Build, validate and publish the reference packages: `python3 scripts/demo.py`. Can be run again and again."""

from __future__ import annotations

import sys
from pathlib import Path

from environment import ROOT, ready, run

PACKAGES = ("nw-syria-2024", "ucdp-ged-syria")
BUILD, CATALOGUE = Path("build"), Path("catalogue")


def main() -> int:
    """Return 0 when both packages are built, valid and in the catalogue; else the failing command's code."""
    python = ready()
    for name in PACKAGES:
        built = BUILD / name
        commands = (
            ("build", f"datapackages/{name}", "-o", str(built)),
            ("validate", str(built)),
            ("publish", str(built), "--to", f"catalogue:{CATALOGUE}", "--yes", "--quiet"),
        )
        for command in commands:
            print(f"\n$ hxl-kit {' '.join(command)}", flush=True)
            code = run(python, "-m", "hxl_kit", *command)
            if code:
                return code
    print(_next_steps(python))
    return 0


def _next_steps(python: Path) -> str:
    program = python.parent / ("hxl-kit.exe" if python.suffix == ".exe" else "hxl-kit")
    shown = program.relative_to(ROOT)
    return f"""
Done. Look at:
  {ROOT / CATALOGUE / "index.html"}   the catalogue a partner downloads from (open it in a browser)
  {ROOT / BUILD / PACKAGES[0]}   a finished package: CSV, HXL-tagged CSV, Parquet, XLSX, datapackage.json

Try next:
  {shown} quantity "over 80" "nearly 10 km" "between 60,000 and 80,000"
  {shown} describe datapackages/ucdp-ged-syria/inputs/ged_191_syria_2019_q4.csv.gz
  {shown} pull catalogue:{CATALOGUE}/nw-syria-2024 -o pulled
  {shown} --help"""


if __name__ == "__main__":
    sys.exit(main())
