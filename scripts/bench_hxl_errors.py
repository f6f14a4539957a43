"""A tagged table with known errors, and which of them a tool finds: recall and precision, for libhxl and hxl-kit.

The table has rows like those of a list of activities in Syria, with names and P-codes of the gazetteer. Errors of
five kinds are planted, one in a row: slips in names, latitudes beyond 90, numbers with commas, padded cells, and
dates that mean two days. What is told of a planted cell is found; what is told of a row without an error is false;
what is told elsewhere in a row with an error (such as an end before its start) counts as neither.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from measuring import measured

from hxl_kit.places.gazetteer import units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SEED = 6
EACH = 1191
"""So many errors of each of the five kinds in a table of 100,000 rows: 5,955 together."""

OF_ROWS = 100_000
FIRST_ROW = 3

TAGS = (
    "#meta+id",
    "#date+start",
    "#date+end",
    "#org",
    "#sector",
    "#country",
    "#country+code",
    "#adm1+name",
    "#adm1+code",
    "#adm2+name",
    "#adm2+code",
    "#affected",
    "#affected+killed",
    "#inneed",
    "#targeted",
    "#reached",
    "#geo+lat",
    "#geo+lon",
    "#status",
    "#description",
)
SECTORS = ("WASH", "Health", "Education", "Protection", "Shelter", "Food Security", "Nutrition")
STATES = ("open", "closed", "planned")
NAMED = ("#org", "#sector", "#adm1+name", "#adm2+name", "#status")
COUNTED = ("#affected", "#inneed", "#targeted", "#reached")
SYLLABLES = (
    "ba",
    "dor",
    "el",
    "fi",
    "gam",
    "hu",
    "kan",
    "lo",
    "mir",
    "na",
    "pel",
    "ros",
    "sha",
    "tu",
    "ver",
    "zan",
)
ORGANISATIONS = 40

Row = dict[str, str]


@dataclass(frozen=True)
class Planted:
    """An error: the file's row, the column's number and what was done."""

    row: int
    column: int
    kind: str


@dataclass(frozen=True)
class Judged:
    """What a tool told: the planted errors that it found by kind, marks that are false, and columns as a whole."""

    found: Counter[str]
    false: Counter[str]
    columns: Counter[str]
    marks: int


def plant(path: Path, rows: int) -> list[Planted]:
    """Write the table, the same for the same number of rows, and return its errors."""
    chance = random.Random(SEED)  # noqa: S311 - made-up data
    table = [*_activities(rows, chance)]
    each = EACH * rows // OF_ROWS
    chosen = iter(chance.sample(range(rows), each * len(KINDS)))
    planted = []
    for kind, spoil in KINDS.items():
        for number in (next(chosen) for _ in range(each)):
            tag = spoil(table[number], chance)
            planted.append(Planted(number + FIRST_ROW, TAGS.index(tag) + 1, kind))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([tag.strip("#").replace("+", " ") for tag in TAGS])
        writer.writerow(TAGS)
        writer.writerows(row.values() for row in table)
    return planted


def _activities(rows: int, chance: random.Random) -> Sequence[Row]:
    places = units("SYR", 2).join(units("SYR", 1), left_on="parent_code", right_on="code", suffix="_1")
    districts = places.select("name_1", "parent_code", "name", "code").sort("code").rows()
    names = sorted({"".join(chance.choices(SYLLABLES, k=3)).title() for _ in range(ORGANISATIONS)})
    return [
        _activity(number, chance.choice(districts), chance.choice(names), chance) for number in range(rows)
    ]


def _activity(number: int, place: tuple[str, ...], organisation: str, chance: random.Random) -> Row:
    month, day = chance.randrange(1, 10), chance.randrange(1, 28)
    cells = (
        f"ID{number:07}",
        f"2025-{month:02}-{day:02}",
        f"2025-{month + chance.randrange(3):02}-28",
        f"{organisation} Relief",
        chance.choice(SECTORS),
        "Syrian Arab Republic",
        "SYR",
        *place,
        *(str(_count(chance)) for _ in range(5)),
        f"{chance.uniform(34.6, 36.2):.5f}",
        f"{chance.uniform(37.2, 40.2):.5f}",
        chance.choice(STATES),
        f"Distribution of kits, round {chance.randrange(3000)}",
    )
    return dict(zip(TAGS, cells, strict=True))


def _count(chance: random.Random) -> int:
    """Return a number as counts are: mostly small, some large."""
    return int(chance.lognormvariate(5, 1.2))


def _slip(row: Row, chance: random.Random) -> str:
    """Put a slip into a name: a letter lost, doubled, exchanged with the next or another."""
    tag = chance.choice(NAMED)
    name = row[tag]
    while row[tag] == name:
        place = chance.randrange(1, len(name) - 1)
        before, letter, after = name[:place], name[place], name[place + 1 :]
        row[tag] = chance.choice(
            (
                before + after,
                before + 2 * letter + after,
                before + after[0] + letter + after[1:],
                before + chance.choice("aeioustnr") + after,
            )
        )
    return tag


def _latitude(row: Row, chance: random.Random) -> str:
    row["#geo+lat"] = f"{float(row['#geo+lat']) * 10 + chance.random():.5f}"
    return "#geo+lat"


def _commas(row: Row, chance: random.Random) -> str:
    tag = chance.choice(COUNTED)
    row[tag] = f"{chance.randrange(1000, 99999):,}"
    return tag


def _padding(row: Row, chance: random.Random) -> str:
    tag = chance.choice((*NAMED, "#adm1+code", "#adm2+code"))
    row[tag] = chance.choice((" {}", "{} ", "{}  ", "\t{}", "{}\u00a0")).format(row[tag])
    return tag


def _ambiguous(row: Row, chance: random.Random) -> str:
    """Write the start with day and month that could be each other."""
    day = chance.choice([day for day in range(1, 13) if day != int(row["#date+start"][5:7])])
    row["#date+start"] = f"{day:02}/{row['#date+start'][5:7]}/2025"
    return "#date+start"


KINDS: dict[str, Callable[[Row, random.Random], str]] = {
    "typo": _slip,
    "latitude": _latitude,
    "comma number": _commas,
    "padded cell": _padding,
    "ambiguous date": _ambiguous,
}


PROGRAM = """
import json, sys
from pathlib import Path
{imports}
data, schema = Path(sys.argv[1]), sys.argv[2]
{work}
print(json.dumps(marks))
"""
LIBHXL = (
    "import hxl",
    """
marks, local = [], hxl.InputOptions(allow_local=True)
def told(error):
    row = error.row and error.row.source_row_number + 1
    column = error.column and error.column.column_number + 1
    marks.append((str(error.rule.tag_pattern), error.rule.severity, row, column))
rules = hxl.schema(hxl.data(schema, local) if schema != "core" else None, told)
with hxl.data(str(data), local) as source:
    rules.validate(source)
""",
)
OURS = (
    """
import re
from hxl_kit.validation.engine import validate
from hxl_kit.validation.hxl_schemas import SchemaFile
""",
    """
held = SchemaFile() if schema == "core" else SchemaFile(Path(schema))
report = validate(data, ["all"], limit=10**7, hxl_schema=held)
def number(cell):
    n = 0
    for letter in re.match("[A-Z]*", cell)[0]:
        n = n * 26 + ord(letter) - 64
    return n or None
marks = [(i.rule, i.severity, i.row, number(i.cell)) for i in report.issues]
""",
)


def compare(folder: Path, rows: int, nine: Path) -> None:
    """Print how many of the planted errors libhxl and hxl-kit find, and how much of what they tell is right."""
    data = folder / "planted.csv"
    planted = plant(data, rows)
    print(f"{len(planted):,} errors planted in {rows:,} rows")
    for name, schema in (("core schema", "core"), ("nine rules", str(nine))):
        for tool, (imports, work) in (("libhxl", LIBHXL), ("hxl-kit", OURS)):
            run = measured(PROGRAM.format(imports=imports, work=work), data, schema)  # type: ignore[arg-type]
            judged = judge(planted, json.loads(run.output.splitlines()[-1]))
            print(f"{name}, {tool}: {_told(planted, judged)}; CPU {run.cpu:.1f} s, peak {run.peak:.0f} MB")


def judge(planted: Sequence[Planted], marks: Sequence[Sequence[Any]]) -> Judged:
    """Return what of the marks (rule, severity, row, column) is on planted errors, and what is on sound rows."""
    cells = {(error.row, error.column): error.kind for error in planted}
    spoilt = {error.row for error in planted}
    places = {(row, column) for _, _, row, column in marks}
    found = Counter(cells[place] for place in places if place in cells)
    false = Counter(f"{rule} ({severity})" for rule, severity, row, _ in marks if row and row not in spoilt)
    columns = Counter(f"{rule} ({severity})" for rule, severity, row, _ in marks if not row)
    return Judged(found, false, columns, len(marks))


def _told(planted: Sequence[Planted], judged: Judged) -> str:
    of = Counter(error.kind for error in planted)
    kinds = ", ".join(f"{kind} {judged.found[kind]:,} of {number:,}" for kind, number in of.items())
    hits, wrong = judged.found.total(), judged.false.total()
    precision = hits / (hits + wrong) if hits + wrong else 1.0
    false = ", ".join(f"{number:,} × {rule}" for rule, number in judged.false.most_common(6))
    whole = ", ".join(f"{rule}" for rule in judged.columns)
    return (
        f"recall {hits / len(planted):.1%} ({hits:,}), precision {precision:.1%}\n    found: {kinds}"
        + (f"\n    false: {false}" if false else "")
        + (f"\n    on columns or the table: {whole}" if whole else "")
    )
