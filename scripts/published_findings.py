"""What hxl-kit finds in published files that carry hashtags: `python scripts/published_findings.py [FOLDER]`.

Every tagged file of the folder's `MANIFEST.csv` is validated, HXL's core schema included, and the findings are
counted by check and column. `published_findings.csv` has what people thought of each kind of finding when they
looked at it. The counts go into `docs/published-data.md`, below its introduction; no cell does.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hxl_kit.errors import HxlKitError
from hxl_kit.reading import open_tables
from hxl_kit.reading.table import listed
from hxl_kit.validation.catalogue import check_sets
from hxl_kit.validation.engine import validate
from hxl_kit.validation.hxl_schemas import SchemaFile
from hxl_kit.validation.screening import SETS as PEOPLE
from hxl_kit.validation.selection import OPTIONAL

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "published-data.md"
JUDGEMENTS = Path(__file__).with_suffix(".csv")
MARK = "<!-- made by scripts/published_findings.py from here on -->"
NO_DATA = ("hxl/libhxl_", "hxl/hxl-default-schema")
"""Test files of a library, which nobody published as data."""

ON_THE_TABLE = {"unknown-table", "unknown-columns"}
"""Notes on what a table was taken for."""

ANY_COUNT = 10**7
CHECKS = tuple(each.name for each in check_sets() if each.name not in (*PEOPLE, *OPTIONAL))
"""All that `validate` runs of itself but the looks for people, which screened_findings.py judges."""

VERDICTS = {"right": "right", "look": "worth a look", "false": "false alarm"}


@dataclass(frozen=True)
class Kind:
    """The findings of a check in a file: how many, by column."""

    check: str
    severity: str
    columns: Counter[str]

    @property
    def where(self) -> str:
        """The columns, most findings first; "the table" without one."""
        names = [name for name, _ in self.columns.most_common() if name]
        return listed(names).replace("|", "\\|") or "the table"


@dataclass(frozen=True)
class Examined:
    """A published table, its size and what was found in it."""

    file: str
    source: str
    rows: int
    columns: int
    tagged: int
    kinds: tuple[Kind, ...]

    def count(self, severity: str) -> int:
        """Return the number of findings of a severity."""
        return sum(kind.columns.total() for kind in self.kinds if kind.severity == severity)


Judgements = dict[tuple[str, str], tuple[str, str]]
"""File ("" for all) and check -> verdict, and why."""


def main() -> int:
    """Write the page; return 1 when a finding has no judgement, or a judgement no finding."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", type=Path, default=DATA, help="where MANIFEST.csv is")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--judgements", type=Path, default=JUDGEMENTS)
    arguments = parser.parse_args()
    judged = judgements(arguments.judgements)
    examined = [
        table
        for file, source in manifest(arguments.folder)
        for table in examine(file, source, arguments.folder)
    ]
    introduction = arguments.page.read_text("utf-8").split(MARK)[0] if arguments.page.exists() else ""
    arguments.page.write_text(f"{introduction}{MARK}\n\n{page(examined, judged)}", "utf-8")
    return int(_unequal(examined, judged))


def judgements(path: Path) -> Judgements:
    """Return what people thought of the findings."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["file"], row["check"]): (VERDICTS[row["verdict"]], row["why"])
            for row in csv.DictReader(file)
        }


def manifest(folder: Path) -> list[tuple[str, str]]:
    """Return the files of a folder's manifest and where they are from."""
    with (folder / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["file"], row["source_system"])
            for row in csv.DictReader(file)
            if not row["file"].startswith(NO_DATA)
        ]


def examine(file: str, source: str, folder: Path) -> list[Examined]:
    """Return the tagged tables of a file and what was found in them; none of a file without hashtags."""
    path = folder / file
    try:
        with open_tables(path) as tables:
            tagged = {text.sheet: text for text in tables if any(text.tags)}
    except HxlKitError:
        return []
    found = []
    for sheet, text in tagged.items():
        report = validate(path, CHECKS, limit=ANY_COUNT, sheet=sheet, hxl_schema=SchemaFile())
        groups: dict[tuple[str, str], Counter[str]] = {}
        for issue in report.issues:
            if issue.rule not in ON_THE_TABLE and (issue.rule, issue.severity) != ("reading", "info"):
                groups.setdefault((issue.rule, issue.severity), Counter())[issue.field] += 1
        kinds = tuple(Kind(rule, severity, columns) for (rule, severity), columns in groups.items())
        tags = sum(tag is not None for tag in text.tags)
        found.append(Examined(file, source, report.rows, len(text.header), tags, kinds))
    return found


def page(examined: list[Examined], judged: Judgements) -> str:
    """Return the part of the page that is made: an overview, then the findings of each file."""
    heads = "| file | source | rows | columns (tagged) | errors | warnings | infos |\n|---|---|---:|---:|---:|---:|---:|\n"
    rows = "".join(
        f"| `{e.file}` | {e.source} | {e.rows:,} | {e.columns} ({e.tagged}) | "
        f"{e.count('error'):,} | {e.count('warning'):,} | {e.count('info'):,} |\n"
        for e in examined
    )
    return f"## Overview\n\n{heads}{rows}\n" + "".join(_section(e, judged) for e in examined if e.kinds)


def _section(examined: Examined, judged: Judgements) -> str:
    heads = "| check | severity | cells | columns | judged | why |\n|---|---|---:|---|---|---|\n"
    rows = "".join(
        f"| `{kind.check}` | {kind.severity} | {kind.columns.total():,} | {kind.where} | "
        f"{' | '.join(judged.get(_key(examined, kind, judged), ('not judged', '')))} |\n"
        for kind in examined.kinds
    )
    return f"## {examined.file}\n\n{heads}{rows}\n"


def _key(examined: Examined, kind: Kind, judged: Judgements) -> tuple[str, str]:
    """Return what a kind of finding is judged as: the file's own, else what holds for all files."""
    own = (examined.file, kind.check)
    return own if own in judged else ("", kind.check)


def _unequal(examined: list[Examined], judged: Judgements) -> bool:
    """Say which findings nobody has judged, and which judgements are of nothing."""
    used = {_key(table, kind, judged): (table.file, kind.check) for table in examined for kind in table.kinds}
    for key in sorted(used.keys() - judged.keys()):
        print(f"{': '.join(used[key])}: not judged", file=sys.stderr)
    for file, check in sorted(judged.keys() - used.keys()):
        print(f"{file or 'all files'}: {check}: judged, and not found", file=sys.stderr)
    return used.keys() != judged.keys()


if __name__ == "__main__":
    sys.exit(main())
