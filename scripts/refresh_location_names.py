"""Write `schemas/languages/<fr, ar>/location.csv`: the names of countries and territories.

They are the United Nations' names in OCHA's Countries and Territories Taxonomy, as the installed
hdx-python-country carries it; nothing is downloaded. It has none for Kosovo and Taiwan.
"""

from __future__ import annotations

import csv
from importlib.resources import files

from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist

TAXONOMY = "Countries & Territories Taxonomy MVP - C&T Taxonomy.csv"
COLUMNS = {"fr": ("French Short", "M49 French"), "ar": ("Arabic Short", "M49 Arabic")}
OTHERS = {
    "fr": {"TWN": "Taïwan (province de Chine)", "XKX": "Kosovo"},
    "ar": {"TWN": "تايوان (مقاطعة صينية)", "XKX": "كوسوفو"},
}


def names(language: str) -> dict[str, str]:
    """Return the name of each code of the list of locations that the taxonomy names in a language."""
    text = (files("hdx.location") / TAXONOMY).read_text(encoding="utf-8")
    rows = {row["ISO 3166-1 Alpha 3-Codes"]: row for row in csv.DictReader(text.splitlines())}
    known = {code: row for code, row in rows.items() if code in codelist("location").values}
    named = {code: next((row[c] for c in COLUMNS[language] if row[c]), "") for code, row in known.items()}
    return {code: " ".join(name.split()) for code, name in named.items() if name} | OTHERS[language]


def main() -> None:
    """Write the names in both languages."""
    for language in COLUMNS:
        found = names(language)
        path = schemas.path_of("languages", language, "location.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("code", "title"))
            writer.writerows(sorted(found.items()))
        print(f"{language}: {len(found)} names; without one: {set(codelist('location').values) - set(found)}")


if __name__ == "__main__":
    main()
