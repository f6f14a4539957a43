"""HXL schemas beside libhxl itself: any small table, any rule, the same rows and columns."""

from __future__ import annotations

from datetime import date

import hxl
import hxl.validation
import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tables_for_hxl_tests import table_of

from hxl_kit.hxl_schema import core_schema, hxl_issues, read_schema
from hxl_kit.hxl_schema.cells import folded, spaced
from hxl_kit.hxl_schema.dates import read_dates
from hxl_kit.hxl_schema.suggesting import closest

WORDS = st.sampled_from(
    [
        "",
        "",
        " ",
        "Coast",
        "coast",
        "Coasd",
        "coast ",
        " Coast",
        "Plains",
        "Pláins",
        "Coast  A",
        "Coast\tA",
        "a",
        "b",
    ]
)
NUMBERS = st.sampled_from(
    ["", "0", "1", "1.0", "01", "-1", "+5", "2.5", "1e3", "1000", "99999", "1,000", "x", ".5", " 7 ", "٣"]
)
DATES = st.sampled_from(
    [
        "",
        "2026-01-31",
        "2026-02-30",
        "2025-12-01",
        "31/12/2025",
        "2026-13-01",
        "3 January 2026",
        "Jan 2026",
        "x",
        "2026",
    ]
)
ADDRESSES = st.sampled_from(
    ["", "a@b", "a@@b", "https://example.org", "example.org", "12345", "+1 (613) 555-0100", "1234"]
)
COLUMNS = (
    ("#org", WORDS),
    ("#adm1+name", WORDS),
    ("#adm1+code", WORDS),
    ("#affected", NUMBERS),
    ("#affected+f", NUMBERS),
    ("#date", DATES),
    ("#contact", ADDRESSES),
)
TAGS = tuple(tag for tag, _ in COLUMNS)
PATTERNS = st.sampled_from(
    (*TAGS, "#adm1", "#*", "#affected-f", "#affected!", "#date+x", "#*+f", "#org,#adm1")
)
RULES = st.sampled_from(
    [
        {"#valid_required": "true"},
        {"#valid_required+min": "1", "#valid_required+max": "2"},
        {"#valid_required+min": "2"},
        {"#valid_required+max": "1"},
        {"#valid_datatype": "number"},
        {"#valid_datatype": "url"},
        {"#valid_datatype": "email"},
        {"#valid_datatype": "phone"},
        {"#valid_datatype": "text"},
        {"#valid_value+min": "1", "#valid_value+max": "999"},
        {"#valid_value+min": "b"},
        {"#valid_value+max": "Coast"},
        {"#valid_value+whitespace": "true"},
        {"#valid_value+regex": "^[a-c]"},
        {"#valid_value+regex": "a$|o", "#valid_value+case": "true"},
        {"#valid_value+list": "Coast|Plains|1"},
        {"#valid_value+list": "Coast | Plains", "#valid_value+case": "yes"},
        {"#valid_unique": "true"},
        {"#valid_unique+key": "true"},
        {"#valid_unique+key": "#org,#affected"},
        {"#valid_correlation": "#org"},
        {"#valid_correlation": "#affected,#adm1+code"},
        {"#valid_datatype+consistent": "true"},
        {"#valid_value+spelling": "true"},
        {"#valid_value+spelling": "true", "#valid_value+case": "true"},
        {"#valid_value+outliers": "true"},
    ]
)


@st.composite
def tables(draw):
    """A hashtag row and up to 30 rows, some of them again and again."""
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=5))
    rows = draw(st.lists(st.tuples(*(cells for _, cells in columns)), min_size=1, max_size=9))
    times = draw(st.lists(st.integers(1, 30), min_size=len(rows), max_size=len(rows)))
    return [
        [tag for tag, _ in columns],
        *(list(row) for row, n in zip(rows, times, strict=True) for _ in range(n)),
    ]


def schema_of(rules):
    keys = list(dict.fromkeys(key for _, rule in rules for key in rule))
    return [
        ["#valid_tag", *keys],
        *([pattern, *(rule.get(key, "") for key in keys)] for pattern, rule in rules),
    ]


def theirs(rows, schema_rows):
    """What libhxl marks: pattern, row, column, cell."""
    marks = []

    def told(error):
        row, column = error.row, error.column
        marks.append(
            (
                str(error.rule.tag_pattern),
                None if row is None else row.source_row_number + 1,
                None if column is None else column.column_number + 1,
                error.value,
            )
        )

    source = None if schema_rows is None else hxl.data(schema_rows)
    hxl.schema(source, told).validate(hxl.data(rows))
    return sorted(marks, key=str)


def ours(rows, schema_rows):
    """What hxl_kit marks, without what libhxl does not look for."""
    schema = core_schema() if schema_rows is None else read_schema(table_of(schema_rows))
    return sorted(
        (
            (finding.pattern.rstrip("!"), finding.row_number, finding.column, finding.value)
            for finding in hxl_issues(table_of(rows), schema)
            if finding.rule != "hxl-date-order"
        ),
        key=str,
    )


def compared_alike(rows, rules):
    """Whether nothing is in the tables that is told otherwise on purpose (`schemas/hxl/differences.csv`)."""
    spelt = [rule for _, rule in rules if "#valid_value+spelling" in rule]
    keys = {key for _, rule in rules for key in ("#valid_unique+key", "#valid_correlation") if key in rule}
    tags = set(rows[0])
    keyed = not keys or {"#org", "#affected"} <= tags
    years = "#date" in tags and any("#valid_value+max" in rule for _, rule in rules)
    blank = any(not "".join(row).strip() for row in rows[1:])
    return keyed and not blank and not years and (not spelt or len(tags) == 1)


@settings(max_examples=90)
@given(rows=tables(), rules=st.lists(st.tuples(PATTERNS, RULES), min_size=1, max_size=3))
def test_the_same_cells_as_libhxl(rows, rules):
    assume(compared_alike(rows, rules))
    schema_rows = schema_of(rules)
    assert ours(rows, schema_rows) == theirs(rows, schema_rows)


@settings(max_examples=36)
@given(rows=tables())
def test_the_core_schema_marks_the_same_cells_as_libhxls(rows):
    names = {"#org", "#adm1+name", "#adm1+code"}
    assume(compared_alike(rows, []) and len(names & set(rows[0])) < 2)
    assert ours(rows, None) == theirs(rows, None)


@given(st.text("abcdé ", max_size=9), st.lists(st.text("abcdé ", max_size=9), max_size=6, unique=True))
def test_the_nearest_word_is_as_near_as_libhxls(word, known):
    found, wanted = closest(word, known), hxl.validation.find_closest_match(word, known)
    if wanted is None:
        assert found is None
    else:
        distance = hxl.validation.get_edit_distance
        assert distance(word, found) == distance(word, wanted)


@given(st.text(st.sampled_from("aÉéßøŁ1 \t\n\xa0\u3000'’–x٣"), max_size=9))
def test_cells_are_folded_as_libhxl_folds_them(text):
    cells = pl.Series([text])
    assert spaced(cells)[0] == hxl.datatypes.normalise_space(text)
    assert folded(cells)[0] == hxl.datatypes.normalise_string(text)


FORMS = (
    "%Y-%m-%d",
    "%Y-%m",
    "%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%y",
    "%d-%m-%Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%b-%d/%y",
    "%d-%b-%Y",
    "%b %Y",
    "%B, %Y",
    "%a, %d %b %Y %H:%M:%S GMT",
    "%Y-%m-%d %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d %b %Y %I:%M %p",
    "%m/%Y",
)


@given(st.dates(date(1999, 1, 1), date(2067, 12, 31)), st.sampled_from(FORMS), st.booleans())
def test_dates_are_read_as_libhxl_reads_them(day, form, day_first):
    text = day.strftime(form)
    read = read_dates(pl.Series([text]), "day" if day_first else "month")["text"][0]
    assert read == hxl.datatypes.normalise_date(text, dayfirst=day_first)


@given(st.text(st.sampled_from("0123456789-/. :TjanmyZ"), max_size=12))
def test_what_is_read_as_a_date_is_one_for_libhxl_as_well(text):
    assume(not text.strip().isdigit())
    if read_dates(pl.Series([text]))["text"][0] is not None:
        assert hxl.datatypes.is_date(text)
