"""Write the skeleton of a source: `python scripts/new_source.py ID`.

It writes one module, `hxl_kit/sources/ID.py`, one sample folder, `tests/data/sources/ID/`, and the generated page
`docs/sources/ID.md`. The skeleton is a small source that works: change it column by column, and run
`python scripts/golden.py ID` and `python scripts/docs.py` after each step.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

MODULE = '''"""{title}: one row per event; say here what a row is, and which page of the provider explains the columns."""

from __future__ import annotations

from hxl_kit.mapping import code, constant, context, date, integer, joined, number, text
from hxl_kit.sources._blocks import EVERYONE, country, exact
from hxl_kit.sources.definition import Expectation, Layout, Measure, Source, TableMap

# Each expression names the input columns it reads: the columns that a file must have follow from the maps.
_EVENT_ID = joined("{id}", text("event_id"))
_DATE = date("date")
_PERIOD = {{"date_start": _DATE, "date_end": _DATE, "date_precision": constant("day")}}
_PLACE = {{
    # A code that the crosswalk does not know rejects its row: nothing becomes empty unseen.
    **country(code("country", "iso2-location"), text("country")),
    "place_name": text("place"),
    "latitude": number("latitude"),
    "longitude": number("longitude"),
    "geo_precision": constant("unknown"),
    "pcode_method": constant("none"),
}}

_EVENTS = TableMap(
    "events",
    {{
        "event_id": _EVENT_ID,
        "source_id": context("source_id"),
        "provider_event_id": text("event_id"),
        "event_type": constant("other"),
        **_PERIOD,
        **_PLACE,
        "is_aggregate": constant(value=False),
    }},
)

_KILLED = TableMap(
    "casualties",
    {{
        "figure_id": joined("{id}", text("event_id"), "killed"),
        "source_id": context("source_id"),
        "event_id": _EVENT_ID,
        "claimed_by": text("reported_by"),
        "harm": constant("killed"),
        "person_status": constant("unknown"),
        "population_group": constant("all"),
        **EVERYONE,
        **exact("killed"),
        **_PERIOD,
        "counting": constant("incident"),
        "role": constant("recommended"),
        **_PLACE,
    }},
    where=text("killed").is_not_null(),
)

SOURCE = Source(
    id="{id}",
    title="{title}",
    provider="Name of the provider",
    url="https://example.org/{id}",
    licence="CC-BY-4.0",
    licence_title="Creative Commons Attribution 4.0 International",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    redistribution="attribution",
    access="public",
    source_type="monitor",
    language="en",
    terms="Say in a sentence what may be done with the data.",
    layouts=(
        Layout(
            id="events",
            title="event list",
            key=text("event_id"),
            maps=(_EVENTS, _KILLED),
            optional=frozenset({{"reported_by"}}),
            not_carried={{"comment": "say why a known column has no place in the standard"}},
            measures=(Measure("killed", "casualties", "value"),),
            expect=Expectation(filled={{"killed": 0.5}}, ranges={{"killed": (0, 1000)}}),
        ),
    ),
)
'''

SAMPLE = """\
event_id,date,country,place,latitude,longitude,killed,reported_by,comment
A1,2024-03-01,SY,First town,36.1,37.2,3,Local monitor,invented
A2,2024-03-02,SY,Second town,36.2,37.3,,Local monitor,no figure: an event without casualties
A3,2024-03-03,SY,Third town,36.3,37.4,0,Local monitor,a stated zero is a figure
A4,2024-03-04,XX,Fourth town,36.4,37.5,5,Local monitor,a country that no list knows: rejected
"""

README = """\
# Samples of {id}

`sample.csv` is invented. Put in a few real rows of every layout where the licence allows it, and say here whose
they are, under which licence, and where they were downloaded.
"""


def files_of(source_id: str) -> dict[Path, str]:
    """Return the files of a skeleton by path."""
    title = source_id.replace("_", " ").capitalize()
    samples = ROOT / "tests" / "data" / "sources" / source_id
    return {
        ROOT / "hxl_kit" / "sources" / f"{source_id}.py": MODULE.format(id=source_id, title=title),
        samples / "sample.csv": SAMPLE,
        samples / "README.md": README.format(id=source_id),
    }


def refusal(source_id: str) -> str:
    """Return why a source cannot have this id, or an empty text."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", source_id) or keyword.iskeyword(source_id):
        return f"'{source_id}' is no id: write it like ucdp_ged, in lower case, digits and single underscores"
    folder = ROOT / "hxl_kit" / "sources"
    taken = [path for path in (*files_of(source_id), folder / source_id) if path.exists()]
    return f"{taken[0].relative_to(ROOT)} exists already" if taken else ""


def main() -> int:
    """Write the skeleton, its golden files and its page; return the exit code."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and the id
        print("new_source: give the id of the source: python scripts/new_source.py ID", file=sys.stderr)
        return 2
    source_id = sys.argv[1]
    if reason := refusal(source_id):
        print(f"new_source: {reason}", file=sys.stderr)
        return 2
    for path, text in files_of(source_id).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(path.relative_to(ROOT).as_posix())
    for script, *arguments in (("golden.py", source_id), ("docs.py",)):
        done = subprocess.run([sys.executable, ROOT / "scripts" / script, *arguments], check=False)
        if done.returncode:
            return done.returncode
    print(
        f"Next: change the module, then `python scripts/golden.py {source_id}` and read what the samples become."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
