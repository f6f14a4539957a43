"""The summary in Markdown: one for all packages, whatever stands in the names of files and columns."""

import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.reporting.format import formats
from hxl_kit.reporting.markdown import SHOWN, plain, render
from hxl_kit.validation.report import Issue, Report


def report(path, *issues, rows=5):
    return Report((path,), issues, rows, 100)


def rows_of(text):
    """The rows of the tables, cell by cell; a bar with a backslash before it is part of a cell."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_one_summary_of_all_with_the_worst_first():
    warning = Issue("odd", "warning", "events", "is odd", 2, "a", "A2", "Look again.")
    error = Issue("bad", "error", "events", "is bad", 3, "a", "A3")
    text = render([report("one"), report("two", warning), report("three", error, error)], "en")
    assert text.startswith("## hxl-kit: INVALID\n\npaths: 3, of them invalid: 1, rows: 15, errors: 2")
    rows = rows_of(text)
    assert [row[0] for row in rows[:4]] == ["package", "---", "three", "two"]
    assert rows[2] == ["three", "INVALID", "2", "0", "0", "5"]
    assert [row[:5] for row in rows[6:]] == [
        ["error", "bad", "2", "1", "is bad"],
        ["warning", "odd", "1", "1", "is odd"],
    ]
    assert rows[7][5] == "Look again."


def test_a_check_with_other_words_for_each_place_is_told_by_the_first():
    message = "is no P-code of {country}"
    issues = [
        Issue("pcode-unknown", "warning", "t", message, row, "code", params={"country": country})
        for row, country in ((2, "SYR"), (3, "TUR"))
    ]
    assert rows_of(render([report("one", *issues)], "en"))[-1][4] == "is no P-code of SYR"


def test_clean_packages_and_none_at_all_are_two_lines():
    assert render([report("one")], "en").splitlines()[0] == "## hxl-kit: valid"
    assert rows_of(render([report("one")], "en")) == []
    assert "paths: 0" in render([], "en")


def test_many_are_counted_not_listed_and_unlisted_findings_count():
    error = Issue("bad", "error", "events", "is bad", 3)
    counted = Report(("p",), (error,), 5, 1, Counter({("error", "bad", "events"): 8}))
    text = render([counted, *(report(f"p{n}", error) for n in range(SHOWN + 9))], "en")
    assert "… and 10 more" in text
    assert rows_of(text)[2][:3] == ["p", "INVALID", "9"]
    assert rows_of(text)[-1][2:4] == [f"{SHOWN + 18}", f"{SHOWN + 10}"]


TEXT = st.text(st.characters() | st.sampled_from("|\\`\n\r<>[]()*_@#&"), max_size=20)


@given(TEXT, TEXT, TEXT)
def test_any_name_leaves_the_tables_whole(name, slug, message):
    text = render([report(name, Issue(slug, "error", name, message, 2, name))], "en")
    assert [len(row) for row in rows_of(text)] == [6, 6, 6, 6, 6, 6]
    assert not re.search(r"(?<!\\)[<`\[@]", text)


def test_marks_are_taken_as_they_are():
    assert plain("a|b <img> `x` [y](z)\n@team") == "a\\|b \\<img\\> \\`x\\` \\[y\\](z)\\\\x0a\\@team"


def test_it_is_a_format():
    assert formats()["markdown"].suffix == ".md"
