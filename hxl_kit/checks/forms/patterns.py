"""Regular expressions on cells: what hides in them, and the forms of dates, numbers and codes."""

from __future__ import annotations

INVISIBLE = (
    r"[\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{180e}\u{200b}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}"
    r"\u{3164}\u{feff}\u{ffa0}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]"
)
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
JOINER = r"[\u{200c}\u{200d}]"
JOINER_IN_ASCII = rf"[ -~]{JOINER}|{JOINER}[ -~]|^{JOINER}|{JOINER}$"
"""Joiners are letters' own in Persian and Hindi; beside Latin letters and digits they only hide."""

SUSPECT = r"[^ -~]|^\s|\s$|^[=+@#-]"
"""Without any of these a cell is plain: one look at each column tells which ones need a closer one."""

LEAD = r"^[\s\p{Cf}\p{Cc}]*"
SUM = r"[+\-](?:[0-9]+(?:\.[0-9]+)?|\$?[A-Z]{1,3}\$?[0-9]+)[+*^]\$?[0-9A-Z(]"
"""A sum that begins with a sign, as `+1+1` and `-A1*2`; a minus or slash between is a telephone number's or a date's."""

FORMULA = rf"{LEAD}[=＝]\s*[^=＝\s]|{LEAD}[+\-@＋－＠][A-Za-z_.]+\(|{LEAD}[+\-@=＋－＠].*\|.*!|{LEAD}{SUM}"
ERROR = r"^#(?:REF!|DIV/0!|N/A|NAME\?|VALUE!|NUM!|NULL!|SPILL!|CALC!)$"
MOJIBAKE = r"\u{fffd}|Ã[\u{80}-\u{bf}]|â€[\u{90}-\u{ff}™œ“”˜]"

ISO = r"^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?:[T ]|$)"
CLOCK = (
    r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[T ](?:(?:[01]?[0-9]|2[0-3]):?[0-5][0-9](?::?[0-5][0-9](?:[.,][0-9]+)?)?"
    r"|24:00(?::00(?:\.0+)?)?)\s?(?:Z|UTC|[+-](?:0[0-9]|1[0-4]):?(?:[0-5][0-9])?)?)?$"
)
COMPACT = r"^([0-9]{8})$"
DAY_MONTH = r"^([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4}|[0-9]{2})(?:\D|$)"
SERIAL = r"^[0-9]{5}(?:\.[0-9]+)?$"
CLOCK_COUNT = r"^[0-9]{9,}(?:\.[0-9]+)?$"
TIME = r"^[0-9]{1,2}:[0-9]{2}"
LONG_YEAR = r"^[+-]?[0-9]{5,}-[0-9]{1,2}-|^-[0-9]{4}-[0-9]{1,2}-"
"""A year of more than four digits, or before our era."""

MISSING = r"(?i)^(?:n/?a|nan|none|null|nil|unknown|tbd|-+|–|—|\?+|\.+)$"
NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
INTEGER = r"^[+-]?[0-9]+(?:\.0*)?$"
DIGITS = r"[\p{Nd}--[0-9]]"
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
EATEN = (
    rf"(?i)^(?:[0-9]{{1,2}}[-/ ]{MONTH}(?:[-/ ][0-9]{{2,4}})?|{MONTH}[-/ ][0-9]{{1,4}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}.*"
    r"|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}|[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2})?)$"
)

STANDARD = r"^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9:.,]+ ?(?:Z|UTC|[+-][0-9:]+)?)?)?|-?Q[1-4]|-?W[0-9]{2})?$|^[0-9]{8}$"
PCODE = r"^(?:[A-Z]{2,3}[0-9][0-9A-Z]*|[A-Z]{2,3}|[A-Z][0-9]{3,6}|[0-9]{7})$"
"""The P-codes of OCHA's common operational datasets: letters of the country, then digits; the country alone, Lesotho's
districts; Syria's communities (C1234); Tajikistan's seven digits."""

LETTER_FOR_DIGIT = r"^[A-Z]{2,3}[0-9A-Za-z]*[0-9][0-9A-Za-z]*[OIl]"
"""A letter that looks like 0 or 1 after a digit: none of OCHA's 33,000 P-codes of levels 1 and 2 has one."""

ODD_SPACE = r"^\s|\s$|[\u{a0}\u{1680}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}]"
SHORT = 60
"""Cells up to this length are names and codes, by which tables are joined."""

MIXED = r"[A-Za-z][\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}][A-Za-z]"
