"""Write `schemas/codelists/location.csv`: every country and territory of ISO 3166-1, and Kosovo.

The names are those of OCHA's Countries and Territories Taxonomy, as the installed hdx-python-country
carries it; nothing is downloaded. Run it after an upgrade of that package and read the difference.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from hdx.location.country import Country

LOCATIONS = Path(__file__).parents[1] / "schemas" / "codelists" / "location.csv"
HEADER = ("code", "title", "description", "source", "deprecated")
KOSOVO = (
    "XKX",
    "Kosovo",
    "User-assigned code; ISO 3166-1 has none. HDX and many others use it.",
    "OCHA Countries and Territories Taxonomy",
    "",
)
SOURCE = "ISO 3166-1; name of the OCHA Countries and Territories Taxonomy"


def locations() -> list[tuple[str, ...]]:
    """Return the lines of the code list, sorted by code."""
    countries: dict[str, dict[str, Any]] = Country.countriesdata(use_live=False)["countries"]
    return sorted([*(_location(code, country) for code, country in countries.items()), KOSOVO])


def _location(code: str, country: dict[str, Any]) -> tuple[str, ...]:
    numeric = str(country["m49 numerical code"]).zfill(3)
    described = f"Alpha-2 {country['ISO 3166-1 Alpha 2-Codes']}, numeric {numeric}."
    return (code, country["Preferred Term"], described, SOURCE, "")


def main() -> None:
    """Write the code list."""
    with LOCATIONS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(locations())
    print(f"{LOCATIONS.name}: {len(locations())} locations")


if __name__ == "__main__":
    main()
