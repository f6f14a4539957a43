"""Collect what hxl_kit says into the catalogues of `schemas/locale/`; `--check` only compares them.

Messages are marked with `N_` in the code and stand in the tables of checks and guards. A catalogue (`.po`) keeps its
translations; what is new in it is empty until somebody translates it, and is said in English until then.
"""

from __future__ import annotations

import argparse
import ast
import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from hxl_kit.standard.messages import DOMAIN, ENGLISH, message_languages
from hxl_kit.validation.catalogue import check_sets

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "schemas" / "locale"
PACKAGE = ROOT / "hxl_kit"


def messages() -> dict[str, list[str]]:
    """Return every message with the files that say it, sorted."""
    found: dict[str, list[str]] = {}
    for text, place in (*_marked(), *_of_checks()):
        found.setdefault(text, []).append(place)
    return {text: sorted(set(found[text])) for text in sorted(found)}


def _marked() -> Iterator[tuple[str, str]]:
    """Yield the literals in `N_(…)` and where they stand."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                text = ast.literal_eval(node.args[0])
                yield text, file.relative_to(ROOT).as_posix()


def _of_checks() -> Iterator[tuple[str, str]]:
    """Yield the words of the checks that stand in tables."""
    for found in check_sets():
        for check in found.checks:
            for text in (check.message, check.reason, check.fix):
                if text:
                    yield text, f"checks {found.name}"
    with (ROOT / "schemas" / "guards.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["title"], "schemas/guards.csv"


def catalogue(language: str) -> Catalog:
    """Return a language's catalogue with exactly the messages that there are."""
    path = _po(language)
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    fresh = Catalog(locale=language, domain=DOMAIN, project="hxl_kit", fuzzy=False)
    fresh.header_comment = (
        f"# What hxl_kit says, in {language}. scripts/messages.py keeps it; translate msgstr."
    )
    for text, places in messages().items():
        old = known.get(text)
        said = old.string if old else ""
        fresh.add(text, said, locations=[(place, 0) for place in places])
    fresh.creation_date = fresh.revision_date = known.creation_date
    return fresh


def untranslated(language: str) -> list[str]:
    """Return the messages that a language lacks."""
    return [str(m.id) for m in catalogue(language) if m.id and not m.string]


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _written(language: str) -> dict[Path, bytes]:
    found = catalogue(language)
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, found, width=110, omit_header=False, sort_output=True)
    write_mo(mo, found)
    return {_po(language): po.getvalue(), _po(language).with_suffix(".mo"): mo.getvalue()}


def main() -> int:
    """Write the catalogues, or compare them: exit code 1 where one is behind or lacks a message."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    behind = 0
    for language in message_languages():
        if language == ENGLISH:
            continue
        for path, content in _written(language).items():
            same = path.exists() and path.read_bytes() == content
            if not same and not arguments.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if not same and arguments.check:
                print(f"{path.relative_to(ROOT)}: is behind; run scripts/messages.py")
                behind += 1
        lacking = untranslated(language)
        print(f"{language}: {len(messages()):,} messages, {len(lacking):,} not translated")
        behind += bool(lacking) if arguments.check else 0
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
