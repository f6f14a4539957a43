"""`hxl-kit pcode`: names and codes on the command line or stdin, and what cannot be answered."""

import io
import json

import pytest


def test_names_in_their_order_as_json(cli):
    ran = cli("pcode", "Idlib", "SY02", "nowhere", "--country", "syr", "--level", "1", "--format", "json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert [(one["name"], one["code"]) for one in found] == [
        ("Idlib", "SY07"),
        ("SY02", "SY02"),
        ("nowhere", None),
    ]
    assert {"matched_name", "level", "method", "score", "margin", "candidates"} <= set(found[0])


def test_names_from_stdin(cli, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("Aleppo\n\n Homs \n"))
    ran = cli("pcode", "-", "--country", "SYR", "--level", "1")
    assert [line.split()[:2] for line in ran.out.splitlines()[1:]] == [["Aleppo", "SY02"], ["Homs", "SY04"]]


def test_countries_that_are_left_open_are_told_with_candidates(cli):
    ran = cli("pcode", "Kongo", "--level", "0")
    assert ran.code == 0
    assert "COG" in ran.err
    assert "COD" in ran.err


def test_a_name_stays_on_its_line(cli):
    ran = cli("pcode", "no\nsuch\x1bplace", "--country", "SYR", "--level", "1")
    assert ran.out.splitlines()[1].startswith("no such\\x1bplace")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Aleppo", "-"], "not both"),
        (["Aleppo", "Al\udcff"], "name 2 is not UTF-8"),
        (["Aleppo", "--country", "SYX"], "SYR"),
    ],
)
def test_refused(cli, names, words):
    ran = cli("pcode", "--country", "SYR", "--level", "1", *names)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_language_without_names_is_refused_with_those_that_have_some(cli):
    ran = cli("pcode", "Idleb", "--country", "SYR", "--level", "1", "--language", "xx")
    assert (ran.code, ran.out) == (2, "")
    assert "no names in the language 'xx'; known: ar, en" in ran.err
