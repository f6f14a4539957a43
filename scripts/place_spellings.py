"""Hard spellings of administrative units, made from the gazetteer's names, each labelled with its true P-code.

The same seed gives the same spellings, whatever other units are asked for: each unit draws by its own code. A
spelling that is the name of another unit of the same country and level, letter case and accents aside, is left
out, since nobody could say which of the two is meant. Names that several units of a country bear are asked only
together with their parent, and only where they are the only ones of the name there.
"""

from __future__ import annotations

import random
import re
import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SCHEMA = {
    "kind": pl.String,
    "location_code": pl.String,
    "level": pl.UInt8,
    "parent_code": pl.String,
    "name": pl.String,
    "true_code": pl.String,
    "shared_name": pl.Boolean,
}
LEVEL = 2
SHORT = 7
LEAST = 4
ALIKE = 0.6
VOWELS = "aeiou"
NEIGHBOURS = {
    letter: "".join(row[i] for i in (place - 1, place + 1) if 0 <= i < len(row))
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for place, letter in enumerate(row)
}

# Pairs of spellings that stand for one sound where names are written over from another script or by another ear.
COMMON = (("ph", "f"), ("c", "k"), ("y", "i"), ("ou", "u"), ("ee", "i"), ("oo", "u"), ("w", "v"), ("ss", "s"))
ARABIC = (
    ("q", "k"), ("gh", "g"), ("kh", "h"), ("kh", "k"), ("ou", "u"), ("ee", "i"), ("dh", "z"), ("dh", "d"), ("sh", "ch"),
    ("j", "g"), ("y", "i"), ("ah$", "a"), ("eh$", "a"), ("a$", "ah"), ("ei", "ay"), ("aw", "au"), ("u", "o"),
    ("i", "e"), ("'", ""), ("th", "t"), ("^al[ -]", "el "), ("^el[ -]", "al-"), ("^al[ -]", ""), ("^a([sznrtd])h?[ -]", "al "),
    ("^al[ -]s", "as-s"), ("^al[ -]r", "ar r"), ("^al(?=[a-z]{4})", "al "), ("iyah$", "iya"), ("iya$", "ia"), ("ayn", "ein"),
)  # fmt: skip
PERSIAN = (
    ("q", "gh"), ("gh", "q"), ("kh", "x"), ("abad$", "avad"), ("abad$", " abad"), (" abad$", "abad"), ("-e-", " "), ("-e ", " "), ("ou", "u"),
    ("oo", "u"), ("ee", "i"), ("w", "v"), ("v", "w"), ("sh", "ch"), ("zh", "j"), ("ch", "tch"), ("eh$", "a"), ("i", "e"), ("ay", "ai"),
    ("y$", "i"), ("o", "u"), ("j", "dj"), (" wa ", " "), ("dz", "z"),
)  # fmt: skip
FRENCH = (
    ("ou", "u"), ("u", "ou"), ("oua", "wa"), ("oui", "wi"), ("gu(?=[ei])", "g"), ("c(?=[aou])", "k"), ("k", "c"), ("qu", "k"), ("dj", "j"),
    ("j", "dj"), ("tch", "ch"), ("ch", "sh"), ("e", "é"), ("ai", "e"), ("ss", "s"), ("nn", "n"), ("ll", "l"), ("i", "ï"),
    ("y", "i"), ("ts", "tch"), ("^saint[- ]", "st "), ("-", " "),
)  # fmt: skip
SPANISH = (
    ("v", "b"), ("b", "v"), ("z", "s"), ("s", "z"), ("ll", "y"), ("qu", "k"), ("c(?=[aou])", "k"), ("gua", "hua"), ("hua", "gua"),
    ("j", "h"), ("^h", ""), ("x", "j"), ("i", "y"), ("y", "i"), ("a(?=n)", "á"), ("o(?=n)", "ó"), ("n(?=[ao])", "ñ"), ("ç", "c"), (" de ", " "),
    ("ge", "je"), ("th", "t"), ("cc", "c"),
)  # fmt: skip
SLAVIC = (
    ("yi$", "y"), ("yi$", "iy"), ("skyi", "sky"), ("skyi", "skiy"), ("h", "g"), ("g", "h"), ("kh", "h"), ("ts", "c"), ("i", "y"), ("y", "i"),
    ("ia", "ya"), ("iu", "yu"), ("zh", "j"), ("v", "w"), ("ch", "tch"), ("sh", "sch"), ("ie", "e"), ("e", "ye"), ("'", ""), ("ivsk", "ovsk"),
    ("zk", "zsk"), ("o", "a"),
)  # fmt: skip
HORN = (
    ("x", "h"), ("^c", ""), ("aa", "a"), ("ee", "e"), ("oo", "o"), ("dh", "d"), ("q", "k"), ("y", "i"), ("sh", "sch"), ("j", "g"),
    ("w", "u"), ("ll", "l"), ("o", "a"), ("gn", "ny"), ("e", "ee"), ("dd", "d"), ("uu", "u"), ("a", "aa"),
)  # fmt: skip
SOUTH_ASIAN = (
    ("v", "w"), ("w", "v"), ("ee", "i"), ("oo", "u"), ("pur$", "poor"), ("pur$", " pur"), ("ganj$", "gonj"), ("sh", "s"), ("j", "z"), ("ch", "chh"),
    ("th", "t"), ("dh", "d"), ("bh", "b"), ("a", "aa"), ("u", "oo"), ("i", "ee"), ("gh", "g"), ("garh$", "gadh"), ("abad$", " abad"), ("kh", "k"),
)  # fmt: skip
BURMESE = (
    ("hp", "p"), ("ht", "t"), ("hk", "k"), ("hs", "s"), ("ky", "gy"), ("kyi", "chi"), ("kyaw", "chaw"), ("aw", "or"), ("aung", "oung"),
    ("maw", "mau"), ("ein", "en"), ("w", "u"), ("ye", "yay"), ("th", "t"), ("ay", "e"), ("gy", "j"), ("u", "oo"), ("y", "i"),
)  # fmt: skip
TURKIC = (
    ("c", "j"), ("j", "zh"), ("q", "k"), ("k", "q"), ("s", "sh"), ("c", "ch"), ("g", "gh"), ("y", "i"), ("zh", "j"), ("u", "ü"),
    ("o", "ö"), ("i", "y"), ("sh", "s"), ("v", "w"), ("ay", "ai"), ("kh", "h"), ("gul", "kul"),
)  # fmt: skip
FAMILIES = {
    **dict.fromkeys(("SYR", "YEM", "IRQ", "SDN", "EGY", "LBY", "PSE", "LBN", "JOR"), ARABIC),
    **dict.fromkeys(("AFG", "IRN", "TJK"), PERSIAN),
    **dict.fromkeys(("COD", "HTI", "MLI", "DZA", "CMR", "TCD", "CAF", "BFA", "NER", "MDG"), FRENCH),
    **dict.fromkeys(("COL", "GTM", "VEN", "PER", "HND", "MOZ", "BRA", "PHL", "MEX"), SPANISH),
    **dict.fromkeys(("UKR", "BGR", "MDA"), SLAVIC),
    **dict.fromkeys(("ETH", "SOM", "SSD"), HORN),
    **dict.fromkeys(("PAK", "BGD", "NPL", "LKA"), SOUTH_ASIAN),
    **dict.fromkeys(("MMR", "THA", "LAO", "KHM"), BURMESE),
    **dict.fromkeys(("TUR", "KAZ", "UZB", "AZE"), TURKIC),
}  # fmt: skip
# What people write around the name of a second-level unit, where X stands for it.
WORDS = {
    "SYR": ("X District", "Mantiqat X"), "YEM": ("X District", "Mudiriyat X"), "IRQ": ("X District", "Qadha X"),
    "SDN": ("X Locality", "Mahaliya X"), "LBN": ("Caza X", "X District", "Qada X"), "LBY": ("Baladiya X", "X Municipality"),
    "UKR": ("X raion", "X rayon", "Raion X"), "COL": ("Municipio de X", "X Municipality"), "GTM": ("Municipio de X",), "PER": ("Provincia de X",),
    "COD": ("Territoire de X", "X Territory"), "HTI": ("Commune de X", "Commune X"), "MLI": ("Cercle de X", "X Cercle"), "TCD": ("Département de X",),
    "CMR": ("Département de X", "X Department"), "CAF": ("Sous-préfecture de X",), "BFA": ("Province de X", "X Province"), "DZA": ("Commune de X", "Baladia X"),
    "IRN": ("Shahrestan-e X", "X County"), "NGA": ("X LGA", "X Local Government Area"), "ETH": ("X Zone", "Zone X"), "TUR": ("X ilcesi", "X District"),
    "IDN": ("Kabupaten X", "X Regency"), "KEN": ("X Sub-county", "X Subcounty"), "MOZ": ("Distrito de X",), "BRA": ("Municipio de X",), "VNM": ("Huyen X", "X District"),
}  # fmt: skip
ANYWHERE = ("District of X", "X District", "X Dist.", "X Area")
GENERIC = re.compile(
    r"(?i)^(district|departamento|municipio|commune|province|kabupaten|zone)( of| de)? | (district|raion|county|lga|zone|municipality)$"
)
SHORTENED = (
    (r"^saint(e?)[ -]", r"St\1. "), (r"^santa ", "Sta. "), (r"^santo ", "Sto. "), (r"^san ", "S. "), (r"^puerto ", "Pto. "), (r"^villa ", "V. "),
    (r"\bnorth\b", "N."), (r"\bsouth\b", "S."), (r"\beast\b", "E."), (r"\bwest\b", "W."), (r"\bcentral\b", "C."), (r"\bmount\b", "Mt."), (r"\bgeneral\b", "Gral."),
    (r"\bisland\b", "Is."), (r"\band\b", "&"), (r"\bnord\b", "N."), (r"\bsud\b", "S."), (r"\bmohammad\b", "Mohd."), (r"\bself-administered\b", "SA"),
)  # fmt: skip


def folded(name: str) -> str:
    """Return a name without letter case, accents, spaces and punctuation: what makes two names the same."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if c.isalnum())


def hard_spellings(
    units: pl.DataFrame, countries: Iterable[str], per_country: int, seed: int = 4
) -> pl.DataFrame:
    """Return up to `per_country` units of each country, each spelled in every kind that applies to its name.

    Args:
        units: location_code, level, code, name, parent_code; those of level 2 are spelled.
        countries: ISO 3166-1 alpha-3 codes.
        per_country: how many units of each are drawn.
        seed: another seed gives other units and other spellings.

    Returns:
        kind, location_code, level, parent_code, name (as misspelled), true_code, and shared_name: that other units
        of the country bear the true name too, so that only the parent can tell. At most one row per kind and unit.
    """
    rows: list[tuple[object, ...]] = []
    for country in countries:
        there = units.filter(pl.col("location_code") == country, pl.col("level") == LEVEL)
        rows += _spelled(there.sort("code"), per_country, seed)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def older_spellings(units: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return the names that other releases have for the same codes, in the form of hard_spellings.

    Those that hardly resemble the unit's name are of the kind "other name": no spelling of it, and only to be
    matched by who knows the place. What several units are called there ("Centre") is left out.

    Args:
        units: as there.
        others: code and name.
    """
    rows: list[tuple[object, ...]] = []
    named = units.filter(pl.col("level") == LEVEL)
    found = others.select("code", other="name").unique().filter(pl.col("other").is_unique())
    for country in found.join(named, on="code")["location_code"].unique().sort():
        there = named.filter(pl.col("location_code") == country)
        judge = Names(there)
        pairs = (
            there.join(found, on="code").select("code", "name", "parent_code", "other").sort("code", "other")
        )
        for code, name, parent, other in pairs.rows():
            if other != name and judge.tells(other, name):
                alike = SequenceMatcher(None, folded(other), folded(name)).ratio() >= ALIKE
                kind = "older release" if alike else "other name"
                rows.append((kind, country, 2, parent, other, code, judge.shared(name)))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


class Names:
    """The names of a country's units, to tell whether a spelling still means one of them only."""

    def __init__(self, units: pl.DataFrame) -> None:
        self._bearers: dict[str, int] = {}
        self._in_parent: dict[tuple[str, str], int] = {}
        for name, parent in units.select("name", "parent_code").rows():
            key = folded(name)
            self._bearers[key] = self._bearers.get(key, 0) + 1
            self._in_parent[key, parent] = self._in_parent.get((key, parent), 0) + 1

    def tells(self, spelling: str, name: str) -> bool:
        """Return whether a spelling of a name is not the name of another unit."""
        key = folded(spelling)
        return bool(key) and (key == folded(name) or key not in self._bearers)

    def shared(self, name: str) -> bool:
        """Return whether several units have the name."""
        return self._bearers[folded(name)] > 1

    def single_in(self, name: str, parent: str) -> bool:
        """Return whether one unit in a parent has the name."""
        return self._in_parent[folded(name), parent] == 1


def _spelled(units: pl.DataFrame, count: int, seed: int) -> Iterator[tuple[object, ...]]:
    judge = Names(units)
    drawn = random.Random(seed).sample(range(units.height), min(count, units.height))  # noqa: S311
    for place in sorted(drawn):
        unit = units.row(place, named=True)
        name, code = unit["name"], unit["code"]
        if not judge.single_in(name, unit["parent_code"]) or len(folded(name)) < LEAST:
            continue
        for kind, spell in KINDS.items():
            # A generator of its own for each unit and kind: adding a kind changes none of the others.
            spelling = spell(name, unit["location_code"], random.Random(f"{seed} {kind} {code}"))  # noqa: S311
            if spelling and (spelling != name or kind == "official") and judge.tells(spelling, name):
                yield kind, unit["location_code"], 2, unit["parent_code"], spelling, code, judge.shared(name)


def misspelled(name: str, _country: str, chance: random.Random) -> str | None:
    """One slip of the keyboard in a short name, one or two in a longer one."""
    for _ in range(1 if len(folded(name)) <= SHORT else chance.choice((1, 2))):
        name = _slip(name, chance)
    return name


def _slip(name: str, chance: random.Random) -> str:
    places = [i for i, c in enumerate(name) if c.isalpha()]
    # The first letter is right more often than the others.
    place = chance.choice(places[1:] if len(places) > 1 and chance.random() < 0.8 else places)  # noqa: PLR2004
    letter, follower = name[place], name[place + 1 : place + 2]
    made = {
        "neighbour": chance.choice(NEIGHBOURS.get(letter.lower(), letter)),
        "dropped": "",
        "doubled": letter * 2,
        "swapped": follower + letter if follower.isalpha() else letter * 2,
        "vowel": chance.choice(VOWELS) if letter.lower() in VOWELS else "",
    }
    how = chance.choice(list(made))
    width = 2 if how == "swapped" and follower.isalpha() else 1
    return name[:place] + _cased(made[how], letter) + name[place + width :]


def _cased(made: str, like: str) -> str:
    return made.capitalize() if like.isupper() else made


def transliterated(name: str, country: str, chance: random.Random) -> str | None:
    """One or two sounds written as another ear or another table of transliteration writes them."""
    spelled = name.lower()
    rules = [*FAMILIES.get(country, COMMON), *COMMON]
    for _ in range(chance.choice((1, 1, 2))):
        rules = [rule for rule in rules if re.search(rule[0], spelled)]
        if not rules:
            break
        pattern, instead = chance.choice(rules)
        found = chance.choice(list(re.finditer(pattern, spelled)))
        spelled = spelled[: found.start()] + instead + spelled[found.end() :]
    return spelled.strip().title() if folded(spelled) != folded(name) else None


def both(name: str, country: str, chance: random.Random) -> str | None:
    """A transliteration with one slip in it."""
    spelled = transliterated(name, country, chance)
    return _slip(spelled, chance) if spelled and len(folded(spelled)) > SHORT else None


def swapped(name: str, _country: str, chance: random.Random) -> str | None:
    """The words of the name in another order."""
    words = re.split(r"[\s-]+", re.sub(r"[(),/]", " ", name).strip())
    if len(words) < 2 or any(word.lower() in {"al", "el", "de", "of"} for word in words):  # noqa: PLR2004
        return None
    turn = chance.randrange(1, len(words))
    return " ".join(words[turn:] + words[:turn])


def with_generic_words(name: str, country: str, chance: random.Random) -> str | None:
    """The name with the word for its kind of unit added, or without it where it has one."""
    bare = GENERIC.sub("", name)
    if bare != name and len(folded(bare)) >= LEAST:
        return bare
    return chance.choice(WORDS.get(country, ()) + ANYWHERE).replace("X", name)


def abbreviated(name: str, _country: str, chance: random.Random) -> str | None:
    """A word shortened as people shorten it; else the first of several words as its initial."""
    short = [re.sub(f"(?i){pattern}", instead, name) for pattern, instead in SHORTENED]
    short = [made for made in short if made != name]
    if short:
        return chance.choice(short)
    words = name.split()
    long = len(words) > 1 and len(words[0]) > LEAST and len(folded(words[-1])) >= LEAST
    return " ".join([f"{words[0][0]}.", *words[1:]]) if long else None


def repunctuated(name: str, _country: str, chance: random.Random) -> str | None:
    """Capitals, joined or parted words, apostrophes, accents that no sound needs."""
    choices = [name.upper(), name.lower(), re.sub(r"[\s-]+", "", name).capitalize(), name.replace("-", " ")]
    choices += [name.replace(" ", "-"), name.replace(" ", "  "), re.sub("['`’]", "", name), f"{name} "]
    choices += [name.replace("a", "â", 1), name.replace("e", "é", 1), name.replace("i", "ī", 1)]
    return chance.choice([made for made in choices if made != name])


def official(name: str, _country: str, _chance: random.Random) -> str | None:
    """The name itself: easy where the unit is there, a trap where it was removed."""
    return name


KINDS: dict[str, Callable[[str, str, random.Random], str | None]] = {
    "official": official,
    "punctuation": repunctuated,
    "misspelling": misspelled,
    "transliteration": transliterated,
    "both": both,
    "swapped words": swapped,
    "generic words": with_generic_words,
    "abbreviation": abbreviated,
}
