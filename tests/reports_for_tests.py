"""Reports of made-up tables for the tests of the formats."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st

from hxl_kit.validation.report import Issue, Report, TableFile, cell_address

HEADER = ("event_id", "admin1_name", "fatalities")
TAGS = ("#event+id", "#adm1+name", "#affected+killed")
SECRET = "Layla Example"  # noqa: S105 - nobody
"""A name in the cells: of all formats only the rows to mend may hold it."""

NASTY = (
    "<script>alert(1)</script>",
    "]]>",
    "a%0Ab",
    "\u200fغيث\u202e",
    "line\nbreak\r\x1b[31m",
    "::error::x",
    "{0} {x}",
    "[click](https://example.org)",
    "\x00\ufffe",
    "\udc80",
    "=1+1",
    "'apostrophe'",
    "a, b: c",
)

EVENTS = "events.csv"


def table(folder, name=EVENTS):
    """A table whose row 5 goes over two lines; rows 4, 5, 6 (ragged) and 8 are faulty."""
    lines = [
        ",".join(HEADER),
        ",".join(TAGS),
        "e1,Idlib,3",
        f"e2,{SECRET},=1+1",
        'e3,"Aleppo\nwest",twelve',
        "e4,Homs",
        "e5,Hama,0012",
        "e2,Hama,5",
    ]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def issue(rule, severity, row=None, field="", message="is not of type {type}", **more):
    column = HEADER.index(field) + 1 if field in HEADER else None
    given = {"params": {"type": "integer"} if "{type}" in message else {}, "resource": EVENTS, **more}
    return Issue(
        rule, severity, message=message, row=row, field=field, cell=cell_address(row, column), **given
    )


def faulty(folder, *more):
    """The report on `table`: 3 errors in rows and one of the package, 1 + 7 warnings, 1 note."""
    issues = (
        issue("type-error", "error", 4, "fatalities"),
        issue("type-error", "error", 5, "fatalities"),
        issue("row-cells", "error", 6, message="2 cells, expected 3"),
        issue("primary-key", "warning", 8, "event_id", "repeats the key of a row above"),
        issue("profile", "error", message="licenses: is missing", resource=""),
        issue("unknown-columns", "info", message="checked as the table events", params={}),
        *more,
    )
    unlisted = Counter({("warning", "primary-key", EVENTS): 7})
    path = table(folder)
    return Report((str(path),), issues, 6, 1000, unlisted, {EVENTS: TableFile(path)})


def clean(folder):
    path = folder / "clean.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    return Report((str(path),), (), 1, 1000, Counter(), {"clean.csv": TableFile(path)})


few = settings(max_examples=24)
"""Reports are slow to make up."""

texts = st.one_of(st.text(max_size=20), st.sampled_from(NASTY))


@st.composite
def reports(draw):
    """A report in which every name and every value of a message may be any text; nothing of it can be read again."""
    slugs = st.sampled_from(("type-error", "primary-key", "of-the-author")) | texts.filter(bool)
    issues = st.builds(
        Issue,
        rule=slugs,
        severity=st.sampled_from(("error", "warning", "info")),
        resource=texts,
        message=st.sampled_from(("lies outside {name}", "is near {name}")),
        row=st.none() | st.integers(1, 10**9),
        field=texts,
        cell=st.sampled_from(("", "A1", "XFD1048576")),
        fix=texts.filter(lambda text: "{" not in text),
        params=st.fixed_dictionaries({"name": texts}),
        fingerprint=st.sampled_from(("", "0123456789abcdef")),
    )
    found = tuple(draw(st.lists(issues, max_size=6)))
    unlisted = Counter({(each.severity, each.rule, each.resource): 3 for each in found[:2]})
    return Report((draw(texts.filter(bool)),), found, draw(st.integers(0, 10**9)), 1000, unlisted)
