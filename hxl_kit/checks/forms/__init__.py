"""What the cells of any table must be, known to us or not: by what a column is called, and whatever it is called.

A bare table says nothing about its types. Where a column's name or hashtag is plain (`event_date`, `fatalities`,
`#geo+lat`, `adm2_pcode`; `schemas/words/column_meanings.csv`), its cells must be dates that exist, whole numbers of
people, degrees or P-codes. No cell may run as a formula in a spreadsheet (OWASP, CSV injection).
"""

from __future__ import annotations

from hxl_kit.checks.forms.found import ascii_digits
from hxl_kit.checks.forms.meanings import meaning_of, meaning_rules, place_rules
from hxl_kit.checks.forms.patterns import SUSPECT
from hxl_kit.checks.forms.text import cell_rules, header_rules
from hxl_kit.checks.forms.told import CHECKS
from hxl_kit.checks.theme import Theme
from hxl_kit.standard.messages import N_

__all__ = [
    "SUSPECT",
    "THEME",
    "ascii_digits",
    "cell_rules",
    "header_rules",
    "meaning_of",
    "meaning_rules",
    "place_rules",
]

THEME = Theme("forms", N_("what the cells of any table must be, by what their column is called"), CHECKS)
