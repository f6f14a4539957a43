"""Every check has its words, every rule has its check, and the catalogues have all that is said."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
from pathlib import Path

import pytest

from hxl_kit.checks.theme import Context, themes
from hxl_kit.errors import UsageError
from hxl_kit.standard.messages import N_, is_translated, message_languages, say
from hxl_kit.standard.tables import table, table_names
from hxl_kit.validation.catalogue import check_sets, checks_by_slug
from hxl_kit.validation.selection import selected

ROOT = Path(__file__).parents[1]
CONTEXT = Context()
EVERY = [(found.name, check) for found in check_sets() for check in found.checks]
RULES = [
    (theme, rule)
    for theme in themes()
    for name in table_names()
    for rule in (*theme.row_rules(name, CONTEXT), *theme.table_rules(name, CONTEXT))
]


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def messages():
    return script("messages")


def blanks(template):
    """The names and forms of a template's values."""
    return sorted((name, form) for _, name, form, _ in string.Formatter().parse(template) if name is not None)


@pytest.mark.parametrize(("set_name", "check"), EVERY, ids=lambda value: getattr(value, "slug", value))
def test_a_check_says_what_why_on_what_grounds_and_what_to_do(set_name, check):
    assert re.fullmatch(r"[a-z][a-zA-Z-]*[a-zA-Z]", check.slug)
    assert check.severity in {"error", "warning", "info"}
    for sentence in (check.reason, check.fix):
        assert sentence[0].isupper() or not sentence[0].isalpha()
        assert sentence.endswith((".", "?"))
    assert check.source
    assert check.message
    assert not check.message.endswith(".")


def test_a_slug_is_of_one_check():
    slugs = [check.slug for _, check in EVERY]
    assert len(slugs) == len(set(slugs))


def test_every_rule_has_its_check_in_its_theme_and_a_field_of_its_table():
    assert RULES
    for theme, rule in RULES:
        if rule.id.startswith("constraint-") and rule.id != "constraint-enum":
            continue
        assert rule.id in {check.slug for check in theme.checks}, rule
        assert rule.table in table_names()
        assert rule.field in table(rule.table).names, rule
        assert rule.message, rule


def test_a_rule_is_never_graver_than_its_check_says():
    grave = {"info": 0, "warning": 1, "error": 2}
    for _, rule in RULES:
        if rule.id in checks_by_slug():
            assert grave[rule.severity] <= grave[checks_by_slug()[rule.id].severity], rule


def test_slugs_in_the_code_of_validation_have_their_checks():
    """Issues are made with literal slugs here and there: all of them are known."""
    known = set(checks_by_slug())
    said = set()
    for file in (ROOT / "hxl_kit" / "validation").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Issue" and node.args:
                first = node.args[0]
                said |= {first.value} if isinstance(first, ast.Constant) else set()
    assert said
    assert said <= known


def test_messages_are_templates_with_named_values(messages):
    for text in messages.messages():
        assert all(name for name, _ in blanks(text)), text


@pytest.mark.parametrize("language", [each for each in message_languages() if each != "en"])
def test_a_language_says_everything_with_the_same_values(messages, language):
    assert messages.untranslated(language) == []
    for text in messages.messages():
        assert blanks(say(text, language)) == blanks(text), text


def test_catalogues_are_up_to_date(messages, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["messages.py", "--check"])
    assert messages.main() == 0, capsys.readouterr().out


def test_what_a_language_lacks_is_said_in_english():
    assert say(N_("words that no catalogue has"), "fr") == "words that no catalogue has"
    assert not is_translated("words that no catalogue has", "fr")
    with pytest.raises(UsageError, match="no language 'xx'"):
        say("x", "xx")


def test_a_selection_takes_sets_and_slugs():
    chosen = selected(["guards", "type-error"])
    assert "guards" in chosen
    assert chosen.runs("frictionless", "type-error")
    assert not chosen.runs("frictionless", "unique-error")
    assert chosen.any_of("frictionless")
    assert not chosen.any_of("strict")
    assert "strict" in selected(["all"])
    assert "hxl-schema" not in selected(["all"])
    with pytest.raises(UsageError, match=r"did you mean 'stock-as-of'\?"):
        selected(["stock-as-off"])
