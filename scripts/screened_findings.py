"""What screening finds in real files and in the packages made of them: `python scripts/screened_findings.py [FOLDER]`.

Screened are every file of the folder and the package that each file of a source becomes; the samples of every source
and their packages; the reference packages; and filled-in forms. `screened_findings.csv` has what people thought of
each finding when they looked at the cells. The exit code is 1 where a finding has no judgement there, where a judgement
has no finding, or where anything would stop the package of a source.

With `--page` the table goes into `docs/screened-data.md`, below its introduction; no cell does. `--repository` leaves
the folder out; `--unjudged` prints the findings without a judgement as lines for the list.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from golden import SAMPLES, inputs_of, source_folders
from harmless_forms import filled_forms

from hxl_kit.describe import certain_source
from hxl_kit.errors import HxlKitError
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.sources import source
from hxl_kit.validation.screening_files import screening_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hxl_kit.validation.report import Issue

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "screened-data.md"
JUDGEMENTS = Path(__file__).with_suffix(".csv")
MARK = "<!-- made by scripts/screened_findings.py --page from here on -->"
OPTIONS = Options(hashtag_row="none", parquet=False)
FILE, SAMPLE, FORM, REFERENCE = "files", "samples", "forms", "reference packages"
PACKAGES = {FILE: "packages of files", SAMPLE: "tables of samples", FORM: "packages of forms"}
OF_SOURCES = frozenset({*PACKAGES.values(), REFERENCE})
"""What is made of the files of known sources, and must never be stopped."""

JUDGED = ("right", "right but harmless here", "false")
COUNTS = ((1000, "1,000 or more"), (100, "100–999"), (10, "10–99"), (2, "2–9"))


@dataclass(frozen=True, order=True)
class Found:
    """A finding as the list knows it: in what, by which check, where, in how many rows (a class), how grave."""

    what: str
    file: str
    rule: str
    place: str
    rows: str
    severity: str


@dataclass(frozen=True)
class Judged:
    """What somebody who looked at the cells says (one of `JUDGED`), and a sentence why."""

    judgement: str
    why: str


Judgements = dict[Found, Judged]


@dataclass(frozen=True)
class Looked:
    """What was screened, and what was found."""

    what: str
    file: str
    found: tuple[Found, ...]


def main() -> int:
    """Print the table; return 1 when it is not as the list says, or a package of a source would be stopped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", type=Path, default=DATA, help="a folder of real files")
    parser.add_argument("--repository", action="store_true", help="only what lies in the repository")
    parser.add_argument("--judgements", type=Path, default=JUDGEMENTS)
    parser.add_argument("--page", action="store_true", help=f"write the table into {PAGE.name}")
    parser.add_argument("--unjudged", action="store_true", help="print lines for the list")
    arguments = parser.parse_args()
    judged = judgements(arguments.judgements)
    looked = [*repository(), *([] if arguments.repository else folder(arguments.folder))]
    if arguments.unjudged:
        _as_lines(found for one in looked for found in one.found if found not in judged)
    else:
        print(table(looked, judged))
    if arguments.page:
        introduction = PAGE.read_text("utf-8").split(MARK)[0]
        PAGE.write_text(f"{introduction}{MARK}\n\n{table(looked, judged)}", "utf-8")
    wrong = problems(looked, judged)
    print(*wrong, sep="\n", file=sys.stderr, end="\n" if wrong else "")
    return int(bool(wrong))


def judgements(path: Path = JUDGEMENTS) -> Judgements:
    """Return what people thought of the findings."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row.pop("judgement"), row.pop("why"), row) for row in csv.DictReader(file)]
    return {Found(**row): Judged(judgement, why) for judgement, why, row in rows}


def repository() -> Iterator[Looked]:
    """Screen the samples of every source, what becomes of them, the reference packages and filled-in forms.

    What becomes of a sample lies beside it, and tests hold it to that: its package is not made again.
    """
    for source_id in source_folders():
        for path in inputs_of(source_id):
            name = f"{source_id}/{path.name}"
            yield looked_at(SAMPLE, name, path)
            if tables := sorted((SAMPLES / source_id / "expected" / path.name).glob("*.csv")):
                yield tables_of(name, tables)
    for descriptor in sorted((ROOT / "datapackages").glob("*/datapackage.json")):
        yield looked_at(REFERENCE, descriptor.parent.name, descriptor.parent)
    with tempfile.TemporaryDirectory() as made:
        for path in filled_forms(Path(made)):
            yield from _both(FORM, path, path.name, "template")


def folder(path: Path) -> Iterator[Looked]:
    """Screen every file of a folder, and the package that each file of a source becomes."""
    for file in sorted(f for f in path.rglob("*") if f.is_file()):
        try:
            source_id = certain_source([file])
        except HxlKitError:
            source_id = ""
        yield from _both(FILE, file, file.relative_to(path).as_posix(), source_id)


def _both(what: str, path: Path, name: str, source_id: str) -> Iterator[Looked]:
    """Screen a file and, where a source takes it, its package."""
    yield looked_at(what, name, path)
    if source_id:
        with built(path, source_id) as package:
            if package:
                yield looked_at(PACKAGES[what], name, package)


@contextmanager
def built(path: Path, source_id: str) -> Iterator[Path | None]:
    """Give the package that a file becomes for a while, None where the source refuses it."""
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "package"
        inputs = (Input(path=path, source=source_id),)
        try:
            build_package(authored_by_source(source(source_id), inputs, out, OPTIONS), out)
        except HxlKitError:
            yield None
        else:
            yield out


def looked_at(what: str, name: str, path: Path) -> Looked:
    """Return what screening says of a file or a package."""
    issues = screening_report(path).issues
    return Looked(what, name, tuple(sorted(_found(what, name, path, issue) for issue in issues)))


def tables_of(name: str, tables: Iterable[Path]) -> Looked:
    """Return what screening says of the tables that became of a sample."""
    what = PACKAGES[SAMPLE]
    each = {table.stem: looked_at(what, name, table).found for table in tables}
    placed = [replace(one, place=f"{table}, {one.place}") for table, found in each.items() for one in found]
    return Looked(what, name, tuple(sorted(placed)))


def _found(what: str, name: str, path: Path, issue: Issue) -> Found:
    sheet = issue.resource.removeprefix(path.name).removeprefix(":")
    part = str(issue.params.get("part", "cells"))
    parts = [sheet, issue.field, "" if part in ("cells", issue.field) else part]
    place = ", ".join(filter(None, parts)) or "the table"
    return Found(what, name, issue.rule, place, count_class(issue.params.get("count")), issue.severity)


def count_class(count: object) -> str:
    """Return a class of counts, which stays the same when a rule sees a few rows more or fewer."""
    number = count if isinstance(count, int) else 1
    return next((words for least, words in COUNTS if number >= least), "1")


def problems(looked: Iterable[Looked], judged: Judgements) -> list[str]:
    """Return what is wrong: findings that nobody judged, judgements of nothing, packages of sources that are stopped.

    Judgements of what was not looked at are left alone.
    """
    seen = list(looked)
    found, places = {f for one in seen for f in one.found}, {(one.what, one.file) for one in seen}
    new = found - judged.keys()
    gone = {one for one in judged.keys() - found if (one.what, one.file) in places}
    blocked = {one for one in found if one.what in OF_SOURCES and one.severity == "error"}
    said = (
        ("not judged", new),
        ("judged, and not found", gone),
        ("a package of a source is stopped", blocked),
    )
    return [f"{words}: {' | '.join(astuple(one))}" for words, those in said for one in sorted(those)]


def table(looked: list[Looked], judged: Judgements) -> str:
    """Return the counts, then each finding with its judgement, as Markdown."""
    whats = list(dict.fromkeys(one.what for one in looked))
    heads = f"| what | screened | stopped | to be looked at | findings | {' | '.join(JUDGED)} |\n"
    overview = "".join(_counted([one for one in looked if one.what == what], judged) for what in whats)
    parts = [f"## Counts\n\n{heads}|---|{'---:|' * (4 + len(JUDGED))}\n{overview}"]
    parts += [_section([one for one in looked if one.what == what], judged) for what in whats]
    return "\n".join(parts)


def _counted(those: list[Looked], judged: Judgements) -> str:
    graves = [{finding.severity for finding in one.found} for one in those]
    stopped = sum("error" in found for found in graves)
    seen = Counter(judged[f].judgement for one in those for f in one.found if f in judged)
    findings = sum(len(one.found) for one in those)
    numbers = (len(those), stopped, sum(map(bool, graves)) - stopped, findings)
    told = (*numbers, *(seen[judgement] for judgement in JUDGED))
    return f"| {those[0].what} | {' | '.join(f'{n:,}' for n in told)} |\n"


def _section(those: list[Looked], judged: Judgements) -> str:
    found = [finding for one in those for finding in one.found]
    clear = sum(not one.found for one in those)
    heads = "| file | severity | check | where | rows | judged | why |\n|---|---|---|---|---|---|---|\n"
    rows = "".join(_line(finding, judged.get(finding, Judged("not judged", ""))) for finding in found)
    listed = f"\n{heads}{rows}" if found else ""
    return f"## {those[0].what.capitalize()}\n\nNothing is found in {clear:,} of {len(those):,}.\n{listed}"


def _line(found: Found, judged: Judged) -> str:
    cells = (found.severity, f"`{found.rule}`", found.place, found.rows, judged.judgement, judged.why)
    return f"| `{found.file}` | {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"


def _as_lines(findings: Iterable[Found]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerows((*astuple(finding), "", "") for finding in findings)


if __name__ == "__main__":
    sys.exit(main())
