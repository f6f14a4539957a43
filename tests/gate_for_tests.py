"""Random packages for comparing the gate with frictionless: schemas × tables × dialects × encodings × errors.

`random_case(Random(seed))` is always the same package for a seed; `cases()` is the hypothesis strategy.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from gate_values_for_tests import MISSING, NAMES, cell, field
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

V2 = "https://datapackage.org/profiles/2.0/datapackage.json"
MATCHES = ["exact", "equal", "subset", "superset", "partial"]


@dataclass(frozen=True)
class Case:
    """A package to be: its descriptor and its files by path."""

    descriptor: dict[str, Any]
    files: dict[str, bytes]

    def write(self, folder: Path) -> Path:
        """Write the package and return its descriptor's path."""
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in self.files.items():
            (folder / path).write_bytes(content)
        target = folder / "datapackage.json"
        target.write_text(json.dumps(self.descriptor, ensure_ascii=True, indent=1), "utf-8")
        return target


@dataclass
class Table:
    """A table before it is written: its schema, labels and rows of cells."""

    schema: dict[str, Any]
    labels: list[str]
    rows: list[list[str]]


def cases() -> st.SearchStrategy[Case]:
    """Return the strategy of packages, which shrinks towards small seeds only."""
    return st.integers(0, 1 << 40).map(lambda seed: random_case(Random(seed)))  # noqa: S311 - packages that come again, not secrets


def random_case(rng: Random) -> Case:
    """Return a random package: of tables mostly, sometimes one column of edges, or a soup of signs."""
    return rng.choices([_tables_case, _column_case, _soup_case], [70, 15, 15])[0](rng)


def _column_case(rng: Random) -> Case:
    """Return a package of one field with many of the cells that its type has at its edges."""
    name = rng.choice(NAMES)
    item = field(rng, name, version=1)
    kind = item.get("type", "any")
    rows = [[cell(rng, kind), "x"] for _ in range(rng.choice([20, 80, 200]))]
    table = Table({"fields": [item, {"name": "end", "type": "string"}]}, [name, "end"], rows)
    resource: dict[str, Any] = {"name": "t0", "path": "t0.csv", "schema": table.schema}
    lines = [_line(rng, cells, ",", '"', "") for cells in [table.labels, *rows]]
    return Case({"name": "p", "resources": [resource]}, {"t0.csv": ("\n".join(lines) + "\n").encode()})


SOUP = [
    '"',
    '"',
    ",",
    ",",
    ",",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "a",
    "b",
    "1",
    " ",
    "\t",
    ";",
    "\\",
    "#",
    "'",
    "é",
    "\u2028",
    "\x0b",
    "\x1c",
]


def _soup_case(rng: Random) -> Case:
    """Return a package whose file below the header is anything: how records and cells are told apart."""
    width = rng.choice([1, 2, 3])
    fields = [{"name": f"f{n}", "type": "string"} for n in range(width)]
    signs = rng.sample(SOUP, rng.choice([4, 8, 16]))
    text = ",".join(item["name"] for item in fields) + "\n"
    text += "".join(rng.choices([*signs, ",", "\n"], k=rng.choice([5, 20, 60, 300])))
    resource: dict[str, Any] = {"name": "t0", "path": "t0.csv", "schema": {"fields": fields}}
    dialect = {key: rng.choice(values) for key, values, chance in DIALECTS if rng.random() < chance}
    if dialect:
        resource["dialect"] = dialect
    return Case({"name": "p", "resources": [resource]}, {"t0.csv": _encoded(rng, text, resource)})


def _tables_case(rng: Random) -> Case:
    """Return a package of one to three tables."""
    version = 2 if rng.random() < 0.3 else 1
    descriptor: dict[str, Any] = {"name": "p", "resources": []}
    if version == 2:
        descriptor["$schema"] = V2
    files: dict[str, bytes] = {}
    tables: list[Table] = []
    for number in range(rng.choice([1, 1, 1, 1, 2, 2, 3])):
        table = _table(rng, tables, version)
        tables.append(table)
        resource, content = _written(rng, f"t{number}", table)
        files |= content
        descriptor["resources"].append(resource)
    if rng.random() < 0.2:
        rng.shuffle(descriptor["resources"])
    return Case(descriptor, files)


def _table(rng: Random, others: list[Table], version: int) -> Table:
    names = rng.sample(NAMES, rng.choice([1, 2, 2, 3, 3, 4, 6]))
    tidy = rng.random() < 0.5
    fields = [field(rng, name, version=version, tidy=tidy) for name in names]
    schema: dict[str, Any] = {"fields": fields}
    rows = _rows(rng, fields, tidy=tidy)
    if rng.random() < 0.15:
        schema["missingValues"] = rng.choice(MISSING)
    if version == 2 and rng.random() < 0.2:
        schema["missingValues"] = [{"value": "", "label": "none"}, {"value": "NA"}]
    if rng.random() < 0.3:
        key = rng.sample(names, min(len(names), rng.choice([1, 1, 2])))
        schema["primaryKey"] = key[0] if len(key) == 1 and rng.random() < 0.5 else key
    if rng.random() < 0.25:
        schema["foreignKeys"] = [_foreign_key(rng, names, rows, others)]
    if rng.random() < 0.15:
        schema["fieldsMatch"] = rng.choice(MATCHES)
    return Table(
        schema, *(_headed(rng, names, rows) if rng.random() < (0.05 if tidy else 0.3) else (names, rows))
    )


def _rows(rng: Random, fields: list[dict[str, Any]], *, tidy: bool) -> list[list[str]]:
    size = rng.choices([0, 1, 4, 12, 150, 5200], [3, 8, 30, 40, 18, 0.8])[0]
    kinds = [item.get("type", "any") for item in fields]
    rows = [[cell(rng, kind, tidy=tidy) for kind in kinds] for _ in range(min(size, 60))]
    while rows and len(rows) < size:
        rows.append([*rng.choice(rows)])
    if rows and rng.random() < 0.5:
        # A column of sound values: keys and references are only then looked at.
        place = rng.randrange(len(fields))
        for number, row in enumerate(rows):
            row[place] = str(number) if rng.random() < 0.97 else cell(rng, kinds[place])
    for row in rows:
        if not tidy and rng.random() < 0.02:
            row[:] = [rng.choice(["", "", " "]) for _ in row]
    return rows


def _foreign_key(rng: Random, names: list[str], rows: list[list[str]], others: list[Table]) -> dict[str, Any]:
    target = rng.choice(others) if others and rng.random() < 0.7 else None
    theirs = [item["name"] for item in target.schema["fields"]] if target else names
    size = min(len(names), len(theirs), rng.choice([1, 1, 2]))
    mine, referred = rng.sample(names, size), rng.sample(theirs, size)
    if target and target.rows:
        for row in rows:
            source = rng.choice(target.rows)
            for name, other in zip(mine, referred, strict=True):
                place = theirs.index(other)
                if rng.random() < 0.9 and place < len(source):
                    row[names.index(name)] = source[place]
    reference: dict[str, Any] = {"fields": referred}
    reference["resource"] = f"t{others.index(target)}" if target else ""
    if rng.random() < 0.02:
        reference["resource"] = "nowhere"
    single = size == 1 and rng.random() < 0.5
    if single:
        reference["fields"] = referred[0]
    return {"fields": mine[0] if single else mine, "reference": reference}


def _headed(rng: Random, names: list[str], rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Return labels and rows with a fault of the header, of some rows, or of both."""
    labels = [*names]
    if rng.random() < 0.6:
        fault, place = rng.randrange(8), rng.randrange(len(labels))
        match fault:
            case 0:
                labels[place] = "other"
            case 1:
                labels[place], labels[0] = labels[0], labels[place]
            case 2:
                labels.append(labels[place])
                rows = [[*row, "x"] for row in rows]
            case 3:
                labels[place] = rng.choice(["", " "])
            case 4:
                labels.insert(place, "extra")
                rows = [[*row[:place], "x", *row[place:]] for row in rows]
            case 5 if len(labels) > 1:
                del labels[place]
                rows = [[*row[:place], *row[place + 1 :]] for row in rows]
            case 6:
                labels[place] = labels[place].upper() if rng.random() < 0.5 else f" {labels[place]} "
            case _:
                order = rng.sample(range(len(labels)), len(labels))
                labels = [labels[n] for n in order]
                rows = [[row[n] for n in order] for row in rows]
    ragged = rng.random() < 0.5
    return labels, [_ragged(rng, row) if ragged and rng.random() < 0.2 else row for row in rows]


def _ragged(rng: Random, row: list[str]) -> list[str]:
    return [*row, *rng.choices(["", "x", "1"], k=rng.choice([1, 2]))] if rng.random() < 0.5 else row[:-1]


def _written(rng: Random, name: str, table: Table) -> tuple[dict[str, Any], dict[str, bytes]]:
    kinds = ["csv", "tsv", "json", "ndjson", "inline", "xlsx", "parquet"]
    kind = rng.choices(kinds, [82, 6, 3, 2, 3, 2, 1])[0]
    resource: dict[str, Any] = {"name": name, "schema": table.schema}
    if kind == "inline":
        keyed = [dict(zip(table.labels, row, strict=False)) for row in table.rows]
        return {
            **resource,
            "data": keyed if keyed and rng.random() < 0.5 else [table.labels, *table.rows],
        }, {}
    if kind in ("csv", "tsv"):
        content = _delimited(rng, table, resource, "," if kind == "csv" else "\t")
    else:
        content = WRITERS[kind](table)
    path, content = _packed(rng, f"{name}.{kind}", content)
    resource["path"] = path
    _described(rng, resource, content, table)
    return resource, {} if rng.random() < 0.005 else {path: content}


def _packed(rng: Random, path: str, content: bytes) -> tuple[str, bytes]:
    chance = rng.random()
    if chance < 0.05:
        middle = rng.randrange(len(content) + 1)
        parts = [content[:middle], content[middle:]] if rng.random() < 0.5 else [content]
        return f"{path}.gz", b"".join(gzip.compress(part, mtime=0) for part in parts)
    if chance < 0.08:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo(path), content)
        return f"{path}.zip", packed.getvalue()
    return path, content


def _described(rng: Random, resource: dict[str, Any], content: bytes, table: Table) -> None:
    """Say the file's hash and counts, mostly the right ones."""
    if rng.random() < 0.25:
        name = rng.choice(["sha256", "sha256", "md5", "sha1"])
        digest = hashlib.new(name, content).hexdigest()
        digest = digest if rng.random() < 0.8 else digest[::-1]
        resource["hash"] = digest if name == "md5" and rng.random() < 0.5 else f"{name}:{digest}"
    wrong = rng.choice([0, 0, 0, 1])
    if rng.random() < 0.15:
        resource["bytes"] = len(content) + wrong
    if rng.random() < 0.1:
        resource["rows"] = len(table.rows) + wrong
    if rng.random() < 0.1:
        resource["fields"] = len(table.labels) + wrong


def _delimited(rng: Random, table: Table, resource: dict[str, Any], usual: str) -> bytes:
    """Return a table as delimited text, and put its dialect and encoding into the resource, mostly the right ones."""
    delimiter = usual if rng.random() < 0.8 else rng.choice([";", "|", "\t", ",", ":"])
    quote = '"' if rng.random() < 0.93 else "'"
    end = rng.choices(["\n", "\r\n", "\r"], [75, 22, 3])[0]
    double, escape = rng.random() < 0.97, ""
    dialect: dict[str, Any] = {}
    if delimiter != usual and rng.random() < 0.8:
        dialect["delimiter"] = delimiter
    if quote != '"' and rng.random() < 0.9:
        dialect["quoteChar"] = quote
    if not double:
        dialect["doubleQuote"], dialect["escapeChar"], escape = False, "\\", "\\"
    for key, values, chance in DIALECTS:
        if rng.random() < chance:
            dialect[key] = rng.choice(values)
    if dialect:
        resource["dialect"] = (
            {"csv": dialect} if rng.random() < 0.1 and not set(dialect) - CSV_KEYS else dialect
        )
    lines = [_line(rng, cells, delimiter, quote, escape) for cells in [table.labels, *table.rows]]
    text = _flawed(rng, lines, end)
    return _encoded(rng, text, resource)


CSV_KEYS = {
    "delimiter",
    "quoteChar",
    "doubleQuote",
    "escapeChar",
    "skipInitialSpace",
    "lineTerminator",
    "nullSequence",
}
DIALECTS: list[tuple[str, list[Any], float]] = [
    ("skipInitialSpace", [True, False], 0.04),
    ("lineTerminator", ["\r\n", "\n"], 0.02),
    ("commentChar", ["#", "x"], 0.04),
    ("commentRows", [[2], [3], [1], [2, 4], []], 0.04),
    ("headerRows", [[2], [1, 2], [], [3]], 0.03),
    ("header", [False, True], 0.04),
    ("headerJoin", ["-"], 0.01),
    ("headerCase", [False], 0.03),
    ("skipBlankRows", [True], 0.04),
    ("nullSequence", ["\\N", "NA"], 0.02),
    ("delimiter", [",", ";"], 0.02),
    ("escapeChar", ["\\"], 0.01),
]


def _line(rng: Random, cells: list[str], delimiter: str, quote: str, escape: str) -> str:
    return delimiter.join(_cell(rng, text, delimiter, quote, escape) for text in cells)


def _cell(rng: Random, text: str, delimiter: str, quote: str, escape: str) -> str:
    needed = any(sign in text for sign in (delimiter, quote, "\n", "\r"))
    if needed and rng.random() < 0.01:
        return text
    if needed or rng.random() < 0.03:
        return quote + text.replace(quote, (escape or quote) + quote) + quote
    return text


def _flawed(rng: Random, lines: list[str], end: str) -> str:
    """Return lines as one text, sometimes with blank lines, other ends, stray quotes or no last line end."""
    if rng.random() < 0.12:
        for _ in range(rng.choice([1, 1, 3])):
            lines.insert(rng.randrange(len(lines) + 1), rng.choice(["", "", " ", '""', ",", "#c"]))
    if rng.random() < 0.04 and len(lines) > 1:
        place = rng.randrange(1, len(lines))
        lines[place] = rng.choice(
            ['"', lines[place] + '"', '"' + lines[place], lines[place][:3] + '"' + lines[place][3:]]
        )
    if rng.random() < 0.03:
        return "".join(line + rng.choice(["\n", "\r\n", "\r"]) for line in lines)
    return end.join(lines) + (end if rng.random() < 0.85 else "")


def _encoded(rng: Random, text: str, resource: dict[str, Any]) -> bytes:
    encoding = rng.choices(["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"], [84, 6, 4, 3, 3])[0]
    if rng.random() < 0.5 or (encoding not in ("utf-8", "utf-8-sig") and rng.random() < 0.7):
        resource["encoding"] = encoding if rng.random() < 0.97 else rng.choice(["ascii", "UTF8", "nonsense"])
    content = text.encode(encoding, "replace")
    if rng.random() < 0.01 and content:
        place = rng.randrange(len(content))
        return content[:place] + rng.choice([b"\xff", b"\xe9", b"\x00", b"\xc0\xaf"]) + content[place:]
    return content


def _json(table: Table) -> bytes:
    return json.dumps([dict(zip(table.labels, row, strict=False)) for row in table.rows]).encode()


def _ndjson(table: Table) -> bytes:
    lines = (json.dumps(dict(zip(table.labels, row, strict=False))) for row in table.rows)
    return "".join(line + "\n" for line in lines).encode()


def _xlsx(table: Table) -> bytes:
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = Workbook()
    for cells in [table.labels, *table.rows]:
        try:
            book.active.append([int(c) if c.isascii() and c.isdigit() and len(c) < 9 else c for c in cells])
        except IllegalCharacterError:
            continue
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _parquet(table: Table) -> bytes:
    import polars as pl

    names = list(dict.fromkeys(table.labels))
    columns = {n: [row[i] if i < len(row) else None for row in table.rows] for i, n in enumerate(names)}
    content = io.BytesIO()
    pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)).write_parquet(content)
    return content.getvalue()


WRITERS = {"json": _json, "ndjson": _ndjson, "xlsx": _xlsx, "parquet": _parquet}
