"""The report as one page: well-formed, alone, readable by all, and opened in a browser where there is one."""

import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from reports_for_tests import EVENTS, NASTY, clean, faulty, few, issue, reports

from hxl_kit.reporting import html
from hxl_kit.standard.messages import message_languages
from hxl_kit.validation.report import Report

VOID = {"meta", "br", "link", "img", "input", "hr"}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Page(HTMLParser):
    """A page's elements and texts; elements must be closed in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), (tag, names)
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style" and data.strip():
            self.texts.append(data.strip())

    def all(self, tag):
        return [attributes for each, attributes in self.elements if each == tag]


def page(*given_reports, language="en"):
    return Page(html.render(given_reports, language))


def stands_alone(found):
    addresses = [value for _, each in found.elements for key, value in each.items() if key in ("href", "src")]
    return (
        not {"script", "iframe", "object", "link", "img", "form"} & {tag for tag, _ in found.elements}
        and all(address.startswith("#") for address in addresses)
        and not any(key.startswith("on") for _, each in found.elements for key in each)
    )


def test_the_page_says_what_where_why_and_what_to_do(tmp_path):
    texts = page(faulty(tmp_path), clean(tmp_path)).texts
    assert "paths: 2, of them invalid: 1, rows: 7, errors: 4, warnings: 8, notes: 1" in texts
    for text in ("INVALID", "valid", "C4", "fatalities", EVENTS, "is not of type integer", "and 7 more"):
        assert text in texts
    for heading in ("What to do", "Why it matters", "Source", "Cell", "Row", "Column", "Table"):
        assert heading in texts


def test_the_page_counts_each_path(tmp_path):
    texts = page(faulty(tmp_path)).texts
    start = texts.index("INVALID")
    assert texts[start : start + 5] == ["INVALID", "6", "4", "8", "1"]


def test_words_that_differ_stand_beside_their_examples():
    issues = tuple(
        issue("outside", "warning", row, "admin1_name", "lies outside {place}", params={"place": code})
        for row, code in ((3, "SYR"), (4, "TUR"))
    )
    texts = page(Report(("t",), issues, 2, 1000, Counter())).texts
    assert {"What is wrong", "lies outside SYR", "lies outside TUR"} <= set(texts)


@pytest.mark.parametrize("language", message_languages())
def test_the_page_is_in_its_language_and_direction(tmp_path, language):
    (root,) = page(faulty(tmp_path), language=language).all("html")
    assert root == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}


def test_the_direction_of_a_text_is_that_of_most_of_its_letters():
    assert html.direction("P-code غير موجود في القائمة") == "rtl"
    assert html.direction("is not in the list of admin1 (إدلب)") == "ltr"
    assert html.direction("12, 13") == "ltr"


def test_tables_have_headers_and_captions(tmp_path):
    found = page(faulty(tmp_path))
    assert all(each.get("scope") in ("col", "row") for each in found.all("th"))
    assert len(found.all("caption")) == len(found.all("table"))
    ids = [each["id"] for _, each in found.elements if "id" in each]
    assert len(ids) == len(set(ids))
    named = {value for _, each in found.elements for key, value in each.items() if key == "aria-labelledby"}
    assert named <= set(ids)
    assert {each["href"].removeprefix("#") for each in found.all("a")} <= set(ids)


def test_two_reports_on_one_path_have_places_of_their_own(tmp_path):
    found = page(faulty(tmp_path), faulty(tmp_path))
    assert [each["href"] for each in found.all("a")] == ["#path-1", "#path-2"]


def test_nothing_found_is_said(tmp_path):
    assert "Nothing was found." in page(clean(tmp_path)).texts


@few
@given(report=reports())
def test_the_page_is_well_formed_and_alone_whatever_the_names(report):
    assert stands_alone(page(report))


@pytest.mark.parametrize("name", NASTY)
def test_names_are_text(tmp_path, name):
    nasty = issue("type-error", "error", 4, name, resource=name)
    found = page(replace(faulty(tmp_path, nasty), paths=(name,)))
    assert stands_alone(found)
    assert len(page(faulty(tmp_path)).all("article")) == len(found.all("article"))


def contrast(one, other):
    """The contrast of two colours by WCAG 2.2, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_texts_can_be_read_on_every_ground():
    text = html.render([], "en")
    schemes = [part.split("}")[0] for part in text.split(":root {")[1:]]
    assert len(schemes) == 3
    for scheme in schemes:
        pairs = (each.split(":") for each in scheme.split(";") if each.strip().startswith("--"))
        colours = {name.strip(): value.strip() for name, value in pairs}
        for ground in ("--paper", "--ground"):
            for name in colours.keys() - {"--paper", "--ground", "--line"}:
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground, scheme)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize("language", message_languages())
def test_the_page_opens_offline_in_a_browser_without_error(tmp_path, language):
    found = tmp_path / "report.html"
    found.write_text(html.render([faulty(tmp_path), clean(tmp_path)], language), encoding="utf-8")
    picture = tmp_path / "report.png"
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--no-first-run")
    offline = "--host-resolver-rules=MAP * ~NOTFOUND"
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    ran = subprocess.run(
        [CHROMIUM, *options, offline, profile, f"--screenshot={picture}", found.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert picture.stat().st_size > 5_000, ran.stderr
    assert "CONSOLE" not in ran.stderr
    assert ran.returncode == 0
