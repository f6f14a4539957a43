"""Every source on its samples: what they become is kept beside them."""

import importlib.util
from pathlib import Path

import pytest

from hxl_kit.errors import SourceMismatchError, UsageError
from hxl_kit.sources import source, source_ids
from hxl_kit.sources.definition import Lookalike, Source
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.tables import table

SCRIPT = Path(__file__).parents[1] / "scripts/golden.py"


def load_golden():
    spec = importlib.util.spec_from_file_location("golden", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden = load_golden()
SAMPLES = [(name, file.name) for name in golden.source_folders() for file in golden.inputs_of(name)]
GATED = dict(reversed(SAMPLES))
"""Of each source one sample goes through the gate here; what is kept of the others went through it when it was kept."""


@pytest.mark.parametrize(("source_id", "name"), SAMPLES)
def test_sample_becomes_what_is_kept(source_id, name, monkeypatch):
    file = golden.SAMPLES / source_id / name
    kept = golden.committed(source_id, file)
    if GATED[source_id] != name and not any(path.endswith("refused.txt") for path in kept):
        monkeypatch.setattr("hxl_kit.package.build.refuse_invalid", lambda _: None)
    made = golden.golden(source_id, file)
    differing = sorted(path for path in made.keys() | kept.keys() if made.get(path) != kept.get(path))
    shown = "\n".join(first_difference(made.get(path), kept.get(path), path) for path in differing)
    assert not differing, f"{shown}\nIf the change is meant: Run: python scripts/golden.py {source_id}"


def first_difference(made, kept, path):
    if made is None or kept is None:
        return f"{path}: {'no longer made' if made is None else 'not kept'}"
    pairs = zip(made.splitlines(), kept.splitlines(), strict=False)
    line = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), "at the end")
    return f"{path}: line {line}"


def test_nothing_is_kept_for_inputs_that_are_gone():
    for source_id in golden.source_folders():
        folder = golden.SAMPLES / source_id
        known = {path for f in golden.inputs_of(source_id) for path in golden.committed(source_id, f)}
        kept = [*folder.glob("expected/*/*"), *folder.glob("rejected/*")]
        assert {path.relative_to(folder).as_posix() for path in kept} == known


def test_every_source_has_samples_that_show_what_matters():
    assert set(golden.source_folders()) == set(source_ids())
    for source_id in source_ids():
        folder = golden.SAMPLES / source_id
        assert list(folder.glob("expected/*/*.csv")), f"{source_id}: no accepted sample"
        assert list(folder.glob("rejected/*.csv")), f"{source_id}: no rejected sample"
        assert (folder / "README.md").exists(), f"{source_id}: where the samples come from"
        if source(source_id).lookalikes:
            assert list(folder.glob("expected/*/refused.txt")), f"{source_id}: no lookalike sample"


@pytest.mark.parametrize("source_id", source_ids())
def test_source_says_where_it_comes_from_and_on_which_terms(source_id):
    found = source(source_id)
    assert found.id == source_id
    assert found.url.startswith("https://") or found.recognise, (
        "only files of anyone have no page of their own"
    )
    assert found.licence in codelist("licence").values
    assert found.redistribution in codelist("redistribution").values
    assert found.access in codelist("access").values
    assert found.source_type in codelist("source_type").values
    assert all((found.title, found.provider, found.terms, found.licence_title))
    assert found.layouts or found.recognise
    for layout in found.layouts:
        assert not layout.columns & set(layout.not_carried), "a column is carried over or it is not"


@pytest.mark.parametrize("source_id", source_ids())
def test_maps_name_fields_of_their_tables_and_fill_the_required_ones(source_id):
    for m in (m for layout in source(source_id).layouts for m in layout.maps):
        owner = table(m.table)
        assert set(m.columns) <= set(owner.names)
        assert {f.name for f in owner.fields if f.required} <= set(m.columns), m.table


def test_unknown_source_names_the_nearest():
    with pytest.raises(UsageError, match=r"no source 'ucdp'.*ucdp_ged"):
        source("ucdp")


def test_lookalike_is_refused_with_the_way_out():
    found = Source(
        **{
            **vars(source("ucdp_ged")),
            "lookalikes": (Lookalike(frozenset({"a", "b"}), "this is something else"),),
        }
    )
    with pytest.raises(SourceMismatchError, match="ucdp_ged: this is something else"):
        found.fitting_layout(("b", "a"))


def test_lookalike_may_have_other_columns_only_where_it_says_so():
    exact, among = Lookalike(frozenset({"a"}), "no"), Lookalike(frozenset({"a"}), "no", others=True)
    assert exact.is_of(("a",))
    assert not exact.is_of(("a", "b"))
    assert among.is_of(("b", "a"))
    assert not among.is_of(("b",))
