"""Write what each sample input must become: `python scripts/golden.py [SOURCE]`; read the difference before a commit.

For every input file in `tests/data/sources/<source>/` (README aside) the tables go to `expected/<input>/<table>.csv`,
the rejected rows to `rejected/<input>.csv` (records without the header's number of cells to
`rejected/<input>.records.csv`); an input that is refused has the message in `expected/<input>/refused.txt`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from hxl_kit.errors import HxlKitError
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.sources import source

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "data" / "sources"
OPTIONS = Options(hashtag_row="none", parquet=False)


def source_folders() -> list[str]:
    """Return the ids of the sources that have samples, sorted."""
    return sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir())


def inputs_of(source_id: str) -> list[Path]:
    """Return the input files of a source: those that lie directly in its folder, sorted."""
    return sorted(f for f in (SAMPLES / source_id).iterdir() if f.is_file() and f.stem != "README")


def golden(source_id: str, file: Path) -> dict[str, str]:
    """Return what an input becomes: the text of each file by its path in the source's folder."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "golden"
        inputs = (Input(path=file, source=source_id),)
        try:
            build_package(authored_by_source(source(source_id), inputs, out, OPTIONS), out)
        except HxlKitError as error:
            return {f"expected/{file.name}/refused.txt": f"{error}\n".replace(f"{file.parent}/", "")}
        tables = {f"expected/{file.name}/{table.name}": _text(table) for table in out.glob("*.csv")}
        private = out.with_name(f"{out.name}.private") / "rejected"
        return tables | {f"rejected/{rows.name}": _text(rows) for rows in private.glob("*.csv")}


def committed(source_id: str, file: Path) -> dict[str, str]:
    """Return what is kept for an input, by path in the source's folder."""
    folder = SAMPLES / source_id
    rejected = [folder / "rejected" / f"{file.name}{suffix}.csv" for suffix in ("", ".records")]
    kept = [*(folder / "expected" / file.name).glob("*"), *(path for path in rejected if path.is_file())]
    return {path.relative_to(folder).as_posix(): _text(path) for path in kept}


def _text(path: Path) -> str:
    return path.read_bytes().decode()


def _write(source_id: str) -> int:
    """Write a source's golden files anew; return how many."""
    folder = SAMPLES / source_id
    made = {path: text for file in inputs_of(source_id) for path, text in golden(source_id, file).items()}
    for name in ("expected", "rejected"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path, text in made.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    return len(made)


def main() -> int:
    """Write the golden files of one source, or of all; return the exit code."""
    known = source_folders()
    chosen = sys.argv[1:] or known
    if unknown := set(chosen) - set(known):
        print(f"golden: no samples of {', '.join(sorted(unknown))} in {SAMPLES}", file=sys.stderr)
        return 2
    for source_id in chosen:
        print(f"{source_id}: {_write(source_id)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
