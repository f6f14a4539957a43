"""The judge of place matching: hard spellings put to hxl-kit and to hdx-python-country's AdminLevel alone.

`python scripts/bench.py places` prints what it finds. Every spelling is asked with and without its parent, against
the official names alone: once with the unit there, and once with it removed from the gazetteer, where abstaining is
the only right answer. Units are removed by tenths of the asked ones, so that their neighbours stay.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from hdx.location.adminlevel import AdminLevel
from place_spellings import KINDS, LEVEL, hard_spellings, older_spellings

from hxl_kit.places.gazetteer import all_units, gazetteer, gazetteer_of
from hxl_kit.places.gazetteer.admin_columns import known_columns
from hxl_kit.reading import open_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Given queries (location_code, level, name, parent_code) and units: the code of each query, null where it abstains.
Matcher = Callable[[pl.DataFrame, pl.DataFrame], pl.Series]

COUNTRIES = (
    "SYR", "UKR", "ETH", "YEM", "IRQ", "SDN", "MMR", "AFG", "NGA", "COL", "IRN", "LBN", "HTI", "COD", "SOM", "TUR",
    "DZA", "BGD", "PAK", "KAZ", "MLI", "EGY", "LBY", "IDN", "MOZ", "PHL", "VNM", "KEN", "BFA", "GTM", "CAF",
)  # fmt: skip
QUICK = ("SYR", "YEM", "AFG", "ETH", "NGA", "COD", "CAF")
PER_COUNTRY = 40
PER_COUNTRY_QUICK = 20
TENTHS = 10
NO_SPELLINGS = ("official", "other name")
NAMES = ("name", "alternate")


@dataclass(frozen=True)
class Script:
    """Names in a native script against the Latin names alone: what is asked of whom, and how many are to be found."""

    title: str
    country: str
    level: int
    language: str


SCRIPTS = (
    Script("Syria's districts in Arabic", "SYR", 2, "ar"),
    Script("Ukraine's oblasts in Ukrainian", "UKR", 1, "uk"),
    Script("Ukraine's oblasts in Russian", "UKR", 1, "ru"),
)


def hxl_kit(queries: pl.DataFrame, units: pl.DataFrame) -> pl.Series:
    """Match with hxl-kit, from the official names alone."""
    from hxl_kit.places.matching import match_names

    return match_names(queries, gazetteer_of(units))["code"]


def admin_level_alone(queries: pl.DataFrame, units: pl.DataFrame) -> pl.Series:
    """Match with AdminLevel as it comes, set up from the same units, within the parent where one is given."""
    levels = {level: admin_level(units, level) for level in queries["level"].unique()}
    asked = queries.select("level", "location_code", "name", "parent_code").rows()
    return pl.Series(
        [levels[level].get_pcode(country, name, parent=parent)[0] for level, country, name, parent in asked],
        dtype=pl.String,
    )


def admin_level(units: pl.DataFrame, level: int) -> AdminLevel:
    """Return AdminLevel set up from units in the layout of HDX's table of P-codes."""
    found = AdminLevel(admin_level=level)
    names = {"location_code": "Location", "level": "Admin Level", "code": "P-Code", "name": "Name"}
    found.setup_from_iterable(
        units.select(*names, "parent_code").rename(names | {"parent_code": "Parent P-Code"}).to_dicts()
    )
    return found


MATCHERS: dict[str, Matcher] = {"AdminLevel": admin_level_alone, "hxl-kit": hxl_kit}


def questions(
    units: pl.DataFrame, countries: tuple[str, ...], per_country: int, seed: int, shared: Path
) -> pl.DataFrame:
    """Return the spellings of these countries, and those of other releases where their tables lie in `shared`."""
    made = hard_spellings(units, countries, per_country, seed)
    older = older_spellings(units, other_releases(shared)).filter(pl.col("location_code").is_in(countries))
    return pl.concat([made, older]).with_row_index("question")


def other_releases(folder: Path) -> pl.DataFrame:
    """Return code and name of the units in other releases: tables in `folder`, former and alternate names built in."""
    built_in = gazetteer().names.filter(
        pl.col("kind").is_in(["former", "alternate"]), pl.col("level") == LEVEL
    )
    found = [built_in.select("code", "name")]
    for file in sorted(file for file in folder.glob("*") if file.suffix in {".csv", ".xls", ".xlsx"}):
        found += _named(file)
    return pl.concat(found).filter(pl.col("name").str.contains(r"^[\p{Latin}\p{Common}\p{M}]+$")).unique()


def _named(file: Path) -> Iterator[pl.DataFrame]:
    with open_tables(file) as tables:
        for table in tables:
            columns = known_columns(table.header)
            codes = [
                c.name for c in columns if (c.part == "code" and c.level == LEVEL) or c.part == "listed_code"
            ]
            names = [
                c.name for c in columns if (c.part in NAMES and c.level == LEVEL) or c.part == "listed_name"
            ]
            for batch in table.batches() if codes and names else ():
                yield from (
                    batch.frame.select(code=codes[0], name=name).drop_nulls().unique() for name in names
                )


def answers(asked: pl.DataFrame, units: pl.DataFrame, matcher: Matcher) -> pl.DataFrame:
    """Return every question in its four forms (with its parent or not, its unit there or not) with the answer given."""
    with_parent = asked.with_columns(parent=pl.lit(True))
    alone = asked.filter(~pl.col("shared_name")).with_columns(
        parent=pl.lit(False), parent_code=pl.lit(None, pl.String)
    )
    forms = pl.concat([with_parent, alone])
    units = units.filter(pl.col("location_code").is_in(asked["location_code"].unique().implode()))
    found = [_answered(forms, units, matcher, absent=False)]
    tenth = pl.col("true_code").rank("dense") % TENTHS
    for number in range(TENTHS):
        part = forms.filter(tenth == number)
        if part.height:
            left = units.filter(~pl.col("code").is_in(part["true_code"].implode()))
            found.append(_answered(part, left, matcher, absent=True))
    return pl.concat(found)


def _answered(asked: pl.DataFrame, units: pl.DataFrame, matcher: Matcher, *, absent: bool) -> pl.DataFrame:
    code = matcher(asked.select("location_code", "level", "name", "parent_code"), units)
    right = pl.col("code") == pl.col("true_code")
    outcome = pl.when(pl.col("code").is_null()).then(pl.lit("abstained")).when(right).then(pl.lit("correct"))
    return asked.with_columns(code=code, absent=pl.lit(absent)).with_columns(
        outcome=outcome.otherwise(pl.lit("wrong"))
    )


def judge(countries: tuple[str, ...], per_country: int, seed: int, shared: Path, errors: int) -> None:
    """Ask everything of both and print the tables; with `errors`, that many wrong and that many abstained answers."""
    units = all_units().select("location_code", "level", "code", "name", "parent_code")
    asked = questions(units, countries, per_country, seed, shared)
    print(
        f"{asked.height:,} spellings of {asked['true_code'].n_unique():,} units in {len(countries)} countries, seed {seed}"
    )
    found = []
    for name, matcher in reversed(MATCHERS.items()):
        start = time.perf_counter()
        found.append(answers(asked, units, matcher).with_columns(matcher=pl.lit(name)))
        print(f"{name}: {found[-1].height:,} answers in {time.perf_counter() - start:.1f} s")
    every = pl.concat(found)
    for absent in (False, True):
        for parent in (True, False):
            form = every.filter(pl.col("absent") == absent, pl.col("parent") == parent)
            print(
                f"\n{'the unit removed' if absent else 'the unit there'}, {'with' if parent else 'without'} its parent"
            )
            print_table(form)
    print_totals(every)
    scripts()
    if errors:
        print_errors(every.filter(pl.col("matcher") == "hxl-kit"), units, errors)


def print_table(found: pl.DataFrame) -> None:
    """Print, by kind and in all, the number of questions and the shares of right, wrong and abstained answers."""
    outcomes = ("wrong", "abstained") if found["absent"].any() else ("correct", "wrong", "abstained")
    columns = [(matcher, outcome) for matcher in MATCHERS for outcome in outcomes]
    print(f"{'kind':17} {'n':>6}" + "".join(f"{f'{matcher} {outcome}':>22}" for matcher, outcome in columns))
    spellings = ~pl.col("kind").is_in(NO_SPELLINGS)
    kinds = {kind: pl.col("kind") == kind for kind in (*KINDS, "older release", "other name")}
    for title, condition in {**kinds, "all spellings": spellings}.items():
        rows = found.filter(condition)
        count = rows["question"].n_unique()
        counts = {
            (matcher, outcome): n for matcher, outcome, n in rows.group_by("matcher", "outcome").len().rows()
        }
        shares = (f"{counts.get(key, 0):>14,} {counts.get(key, 0) / max(1, count):>7.1%}" for key in columns)
        print(f"{title:17} {count:6,}" + "".join(shares))


def print_totals(found: pl.DataFrame) -> None:
    """Print the shares over all spellings, with and without the parent."""
    print()
    spellings = found.filter(~pl.col("kind").is_in(NO_SPELLINGS))
    for name in MATCHERS:
        own = spellings.filter(pl.col("matcher") == name)
        there, removed = (
            own.filter(pl.col("absent") == absent)["outcome"].to_list() for absent in (False, True)
        )
        right, wrong, misled = there.count("correct"), there.count("wrong"), removed.count("wrong")
        print(
            f"all spellings, {name}: {right / len(there):.1%} correct, {wrong / len(there):.1%} wrong; "
            f"with the unit removed {misled / len(removed):.1%} wrong"
        )


def scripts() -> None:
    """Print how many names in a native script are matched against the Latin names alone."""
    print()
    for script in SCRIPTS:
        here = (pl.col("location_code") == script.country, pl.col("level") == script.level)
        names = (
            gazetteer()
            .names.filter(*here, pl.col("language") == script.language)
            .unique("code", keep="first", maintain_order=True)
        )
        units = all_units().filter(pl.col("location_code") == script.country)
        asked = names.join(units.select("code"), on="code").with_columns(parent_code=pl.lit(None, pl.String))
        for name, matcher in MATCHERS.items():
            code = matcher(asked.select("location_code", "level", "name", "parent_code"), units)
            right, given = int((code == asked["code"]).sum()), code.len() - code.null_count()
            print(f"{script.title}: {name} {right} of {asked.height} correct, {given - right} wrong")


def print_errors(found: pl.DataFrame, units: pl.DataFrame, count: int) -> None:
    """Print wrong answers, then abstentions where the unit is there, with the true name and the given one."""
    names = units.select("code", true="name"), units.select("code", given="name")
    told = found.join(names[0], left_on="true_code", right_on="code").join(names[1], on="code", how="left")
    lost = (pl.col("outcome") == "abstained") & ~pl.col("absent")
    for title, rows in (("wrong", told.filter(outcome="wrong")), ("abstained", told.filter(lost))):
        print(f"\n{title}: {rows.height:,}")
        for row in (
            rows.sample(min(count, rows.height), seed=1).sort("kind", "question").iter_rows(named=True)
        ):
            form = ("absent" if row["absent"] else "there") + (", parent" if row["parent"] else "")
            print(
                f"  {row['location_code']} {row['kind']:15} {form:14} {row['name']!r}: {row['true']!r}, not {row['given']!r}"
            )


def many_names(country: str, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `count` distinct hard spellings of a country's second-level units, without parents, and the units."""
    units = all_units().filter(pl.col("location_code") == country, pl.col("level") == LEVEL)
    names: list[pl.DataFrame] = []
    seed = 0
    while sum(frame.height for frame in names) < count:
        seed += 1
        names = [
            pl.concat([*names, hard_spellings(units, [country], units.height, seed)]).unique(
                "name", maintain_order=True
            )
        ]
    return names[0].head(count).with_columns(parent_code=pl.lit(None, pl.String)), units
