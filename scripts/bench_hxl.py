"""The benchmark of HXL schemas: a table of 100,000 rows and 20 columns, judged by libhxl and by hxl-kit.

A schema of nine rules and the default core schema each run in a process of its own. The marks of both are compared:
rule, row, column and cell. "in" is the CPU time of reading and judging, "CPU" that of the whole process. Then both
judge a table with planted errors (`bench_hxl_errors`).
"""

from __future__ import annotations

import csv
import json
import random
from typing import TYPE_CHECKING, Any

import bench_hxl_errors
from measuring import measured

if TYPE_CHECKING:
    from pathlib import Path

SEED = 6
RUNS = 3
TAGS = (
    "#meta+id",
    "#date+start",
    "#date+end",
    "#org",
    "#sector",
    "#country",
    "#country+code",
    "#adm1",
    "#adm1+code",
    "#adm2",
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

RULES = (
    {"#valid_tag": "#meta+id", "#valid_required": "true", "#valid_unique": "true"},
    {
        "#valid_tag": "#date",
        "#valid_datatype": "date",
        "#valid_value+min": "2020-01-01",
        "#valid_value+max": "2026-12-31",
    },
    {"#valid_tag": "#affected", "#valid_datatype": "number", "#valid_value+min": "0"},
    {"#valid_tag": "#inneed", "#valid_severity": "warning", "#valid_datatype": "number"},
    {"#valid_tag": "#sector", "#valid_required": "true", "#valid_value+list": "|".join(SECTORS[:6])},
    {"#valid_tag": "#adm1+code", "#valid_value+regex": "^EX[0-9]{2}$", "#valid_correlation": "#adm1-code"},
    {"#valid_tag": "#adm2+code", "#valid_value+regex": "^EX[0-9]{5}$"},
    {"#valid_tag": "#org", "#valid_severity": "warning", "#valid_required": "true"},
    {"#valid_tag": "#*", "#valid_severity": "warning", "#valid_value+whitespace": "true"},
)

OF_PLANTED = {
    "^EX[0-9]{2}$": "^SY[0-9]{2}$",
    "^EX[0-9]{5}$": "^SY[0-9]{4}$",
    "|".join(SECTORS[:6]): "|".join(SECTORS),
}
"""What the rules are in the table of planted errors, whose codes are other ones."""

PROGRAM = """
import json, sys, time
from pathlib import Path
{imports}
data, schema = sys.argv[1], sys.argv[2]
start = time.process_time()
{work}
print(json.dumps({{"cpu": time.process_time() - start, "marks": sorted(marks, key=str)}}))
"""
LIBHXL = (
    "import hxl",
    """
marks, local = [], hxl.InputOptions(allow_local=True)
def told(error):
    row = error.row and error.row.source_row_number + 1
    column = error.column and error.column.column_number + 1
    marks.append((str(error.rule.tag_pattern), row, column, error.value))
rules = hxl.schema(hxl.data(schema, local) if schema != "core" else None, told)
with hxl.data(data, local) as source:
    rules.validate(source)
""",
)
OURS = (
    "from hxl_kit.hxl_schema import core_schema, hxl_issues, read_schema\nfrom hxl_kit.reading import open_table",
    """
if schema == "core":
    rules = core_schema()
else:
    with open_table(Path(schema)) as table:
        rules = read_schema(table)
with open_table(Path(data)) as table:
    marks = [(found.pattern, found.row_number, found.column, found.value) for found in hxl_issues(table, rules)]
""",
)


def hxl(file: Path | None, folder: Path, rows: int) -> int:
    """Print what both cost and whether they mark the same cells; return 1 when they do not."""
    data = file or tagged_table(folder / "tagged.csv", rows)
    differs = False
    for schema in (nine_rules(folder / "nine.csv"), "core"):
        (theirs, cost), (ours, our_cost) = (_judged(tool, data, schema) for tool in (LIBHXL, OURS))
        same = theirs["marks"] == ours["marks"]
        differs = differs or not same
        name = "core schema" if schema == "core" else "nine rules"
        print(f"{name}: {len(ours['marks']):,} marks, {'the same' if same else 'NOT THE SAME'} as libhxl's")
        for tool, told, spent in (("libhxl", theirs, cost), ("hxl-kit", ours, our_cost)):
            print(
                f"  {tool:8} in {told['cpu']:6.2f} s  CPU {spent.cpu:6.2f} s  wall {spent.wall:6.2f} s  peak {spent.peak:5.0f} MB"
            )
        print(
            f"  {theirs['cpu'] / ours['cpu']:.1f} times as fast, {cost.cpu / our_cost.cpu:.1f} times with the start of the program"
        )
    bench_hxl_errors.compare(folder, rows, nine_rules(folder / "nine_for_planted.csv", **OF_PLANTED))
    return int(differs)


def _judged(tool: tuple[str, str], data: Path, schema: Any) -> tuple[dict[str, Any], Any]:
    """Return what a tool marks and what it costs: of several runs the cheapest, which others disturbed least."""
    imports, work = tool
    runs = [measured(PROGRAM.format(imports=imports, work=work), data, schema) for _ in range(RUNS)]
    told: list[dict[str, Any]] = [json.loads(run.output.splitlines()[-1]) for run in runs]
    return min(zip(told, runs, strict=True), key=lambda pair: pair[0]["cpu"])


def nine_rules(path: Path, **other: str) -> Path:
    """Write the schema of nine rules; `other` gives cells of it another text."""
    heads = list(dict.fromkeys(key for rule in RULES for key in rule))
    rows = [[other.get(cell, cell) for cell in (rule.get(head, "") for head in heads)] for rule in RULES]
    _written(path, [heads, *rows])
    return path


def tagged_table(path: Path, rows: int) -> Path:
    """Write a made-up table of activities with a few faults of each kind, the same for the same number of rows."""
    chance = random.Random(SEED)  # noqa: S311 - made-up data
    names = [tag.strip("#") for tag in TAGS]
    _written(path, [names, TAGS, *(_activity(number, chance) for number in range(rows))])
    return path


def _activity(number: int, chance: random.Random) -> list[str]:
    first, second = chance.randrange(12), chance.randrange(200)
    day = f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    cells = {
        "#meta+id": f"ID{number:07}",
        "#date+start": day,
        "#date+end": day,
        "#org": f"Organisation {chance.randrange(40)}",
        "#sector": chance.choice(SECTORS),
        "#country": "Exampleland",
        "#country+code": "EXL",
        "#adm1": f"Province {'ABCDEFGHIJKL'[first]}",
        "#adm1+code": f"EX{first:02}",
        "#adm2": f"District {second}",
        "#adm2+code": f"EX{second % 12:02}{second:03}",
        "#affected+killed": str(chance.randrange(20)),
        "#geo+lat": f"{chance.uniform(10, 20):.5f}",
        "#geo+lon": f"{chance.uniform(30, 40):.5f}",
        "#status": chance.choice(STATES),
        "#description": f"Distribution of kits, round {chance.randrange(3000)}, with partners in district {second}",
    }
    cells |= {
        tag: str(chance.randrange(1, 9000)) for tag in ("#affected", "#inneed", "#targeted", "#reached")
    }
    return list({**dict.fromkeys(TAGS, ""), **_faulty(cells, number, chance.random())}.values())


def _faulty(cells: dict[str, str], number: int, lot: float) -> dict[str, str]:
    """Return the cells with one fault in one row of 25."""
    faults = (
        (0.01, "#org", cells["#org"].replace("sation", "zation")),
        (0.02, "#affected", f"1,{number % 1000:03}"),
        (0.03, "#adm1", f" {cells['#adm1']}"),
        (0.035, "#adm1+code", "EX99"),
        (0.04, "#date+start", "2026-02-30"),
        (0.041, "#meta+id", f"ID{number - 1:07}"),
    )
    return next(({**cells, tag: text} for share, tag, text in faults if lot < share), cells)


def _written(path: Path, rows: list[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
