"""Values that are personal wherever they stand: addresses of e-mail, phones, profiles, pictures, names after a cue."""

from __future__ import annotations

import re
from functools import cache

import phonenumbers

from hxl_kit.screening import words as words_of
from hxl_kit.screening.names import is_full_name, is_name

HINT = (
    r"@|\+ ?\(?[1-9][\d ().\-]{6}|(?:^|[\s:;,(])00[1-9][\d ().\-]{7}"
    r"|(?i:(?-u:\b)tel(?-u:\b)|phone|(?-u:\b)mob|(?-u:\b)cell|whatsapp|viber|(?-u:\b)call|(?-u:\b)sms|telefono|celular|llamar|appeler|t[ée]l[ée]|тел|звон|هاتف|جوال|اتصل|واتس)"
    r"[^\d+]{0,25}[+(]?\d[\d ().\-]{5}"
    r"|(?i:facebook\.com|fb\.com|instagram\.com|(?-u:\b)t\.me|telegram\.me|vk\.com|ok\.ru|wa\.me|linkedin\.com|tiktok\.com|snapchat\.com|twitter\.com|(?-u:\b)x\.com)/"
    r"|(?i:\.(?:jpe?g|png|heic|bmp|gif|tiff?|webp|mp4|3gp|mov|avi|amr|m4a|mp3|wav|ogg|opus|aac)$)"
    r"|(?-u:\b)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){3}|(?-u:\b)(?:[0-9A-Fa-f]{2}[:\-]){5}[0-9A-Fa-f]{2}(?-u:\b)"
)
"""What every such value has, but for names: a quick look (Rust's syntax) that leaves few cells for the slow ones."""

EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@((?:[\w-]{1,63}\.){1,8}[^\W\d]{2,63})", re.UNICODE)
ROLE = re.compile(
    r"(?i)(?:info|contacts?|hr|jobs|hello|media|press|hdx|hotline|no-?reply|mail|webmaster|gis|imo?|contacto|bureau"
    r"|oficina)(?:[.\-_].*)?|.*(?:support|admin|office|help|data|feedback|secretariat|coordination|complaints|info)"
)
"""What stands before the @ of an office's address."""

A_FILE = re.compile(r"(?i)\.(?:pdf|xlsx?|csv|docx?|zip|html?|php|png|jpe?g|gif|svg)$")
"""How the name of a file ends that has an @ in it."""

OFFICIAL = re.compile(r"(?i)(?:.*\.)?(?:gov|gob|gouv|go|govt|mil)(?:\.[a-z]{2})?|.*\.int|(?:.*\.)?un\.org")
"""Domains of governments and international bodies."""

PHONE = re.compile(r"(?<![\w+.,/#-])(?:\+ ?|00)\(?[1-9][\d ().\-]{6,20}\d(?![\d/])")
LOCAL_PHONE = re.compile(r"(?<![\w+.,/-])(?:\(0\d{1,4}\)|0\d)[\d ().\-]{6,14}\d(?![\d/])")
CALLED = re.compile(
    r"(?i)(?:\b(?:tel|phone|telephone|mob|mobile|cell|whatsapp|viber|call(?:ed)?|sms|telefono|celular|llamar|appeler)"
    r"|\bt[ée]l[ée]phone|телефон\w*|\bтел|дзвон\w*|звон\w*|هاتف\w*|جوال\w*|اتصل\w*|واتس\w*)"
    r"[^\d+]{0,25}(?P<digits>[+(]?\d[\d ().\-]{5,16}\d)"
)
DECIMAL = re.compile(r"[+-]?\d{1,3}\.\d{3,}$")
DATES = re.compile(r"\b(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?\b|\b\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d\b")
PROFILE = re.compile(
    r"(?i)(?<![\w-])(?:facebook\.com|fb\.com|instagram\.com|t\.me|telegram\.me|vk\.com|ok\.ru|wa\.me|"
    r"linkedin\.com/in|tiktok\.com|snapchat\.com/add|twitter\.com|x\.com)/@?(?!(?:status|share|intent|watch|groups|"
    r"hashtag|search|sharer)\b)[\w.\-]{2,}"
)
POST = re.compile(r"(?i)/(?:status|posts|videos?|photos?|permalink|reel|watch|story)\b|/\d{1,9}(?:\D|$)|/s/")
PICTURE = re.compile(
    r"(?i)[^\s/\\]\.(?:jpe?g|png|heic|bmp|gif|tiff?|webp|mp4|3gp|mov|avi|amr|m4a|mp3|wav|ogg|opus|aac)$"
)
IBAN = re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
MAC = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")
ABROAD_DIGITS = range(11, 14)
PHONE_DIGITS = range(8, 16)
"""An international number has at most 15 digits (ITU-T E.164)."""


def kinds_in(text: str) -> frozenset[str]:
    """Return the kinds of personal data that one value holds: "email", "role_email", "phone", …."""
    found = {
        _kind_of_address(match[1], match[2]) for match in EMAIL.finditer(text) if not A_FILE.search(match[2])
    }
    if has_phone(text):
        found.add("phone")
    profile = PROFILE.search(text)
    if profile and not POST.search(text, profile.end() - 1):
        found.add("profile_link")
    if PICTURE.search(text):
        found.add("picture")
    if any(_is_iban(match[0]) for match in IBAN.finditer(text)):
        found.add("bank_account")
    if MAC.search(text):
        found.add("device_id")
    return frozenset(found)


def _kind_of_address(local: str, domain: str) -> str:
    """Return whether an address is an office's: a role, or at an official domain without a person's name."""
    if ROLE.fullmatch(local) or _names_an_office(local):
        return "role_email"
    return "role_email" if OFFICIAL.fullmatch(domain) and not is_of_a_person(local) else "email"


def _names_an_office(local: str) -> bool:
    """Return whether a word before the @ is an organisation's or of its work, and none is a person's name."""
    words = [word for word in re.split(r"[\W\d_]+", local) if word]
    office = any(
        words_of.has("organ", role, words_of.plain(word)) for word in words for role in ("value", "local")
    )
    return office and not any(is_name(word) for word in words)


def is_of_a_person(address: str) -> bool:
    """Return whether an address begins with a name people have, or with two words such as first and last name."""
    words = [word for word in re.split(r"[\W\d_]+", address.partition("@")[0]) if word]
    return (len(words) > 1 and not _names_an_office(address.partition("@")[0])) or any(
        is_name(word) for word in words
    )


def has_phone(text: str) -> bool:
    """Return whether a text holds a phone number: one with its country's prefix, or digits after words such as "tel"."""
    if DECIMAL.fullmatch(text.strip()):
        return False
    if any(_is_phone(match[0]) for match in PHONE.finditer(text)):
        return True
    called = CALLED.search(DATES.sub(" ", text))
    return called is not None and len(_digits(called["digits"])) in PHONE_DIGITS


def looks_like_phone(text: str) -> bool:
    """Return whether a whole value could be a phone number as it is dialled within a country."""
    stripped = text.strip()
    if stripped.startswith(("+", "00")):
        return has_phone(stripped)
    return LOCAL_PHONE.fullmatch(stripped) is not None and len(_digits(stripped)) in range(9, 12)


PLACE_IN_TEXT = re.compile(r"(?<![\d.])-?\d{1,2}\.\d{4,}\s*[°NS]*[,; ]+\s*-?\d{1,3}\.\d{4,}")
POINT_HINT = (
    r"[0-9]\.[0-9]{4,}[°NS,; ]+-?[0-9]{1,3}\.[0-9]{4}|-[0-9]{2}[CI][0-9]{5}|[0-9]{5}-[0-9]{7}-[0-9]"
    r"|[0-9]{4}-[0-9]{4}-[0-9]{5}|[VE]-[0-9]{2}"
)
SHORT_CUE = 4
SENTENCE_LETTERS = 10


@cache
def dialled_abroad(text: str) -> bool:
    """Return whether a whole value is a valid number with its country's prefix, the plus left out."""
    digits = _digits(text)
    if len(digits) not in ABROAD_DIGITS or not re.fullmatch(r"[\d ().-]+", text.strip()):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits, None))
    except phonenumbers.NumberParseException:
        return False


@cache
def _names() -> re.Pattern[str]:
    """Return what finds a person's name after a cue; two words after what may be no cue, one after a title."""
    cased = r"(?:[A-ZÀ-ÞА-ЯЄІЇҐ][a-zß-ÿа-яєіїґё'’-]+)"
    arabic = r"(?:[\u0621-\u064a]{2,})"
    sources = "|".join(re.escape(cue) for cue in words_of.cues("source"))
    titles = "|".join(re.escape(cue) for cue in words_of.cues("title"))
    roles = "|".join(re.escape(cue) for cue in words_of.cues("role"))
    return re.compile(
        rf"(?<!\w)(?:(?i:{sources})[,:]?\s+(?P<source>{cased}(?:\s+(?:al-|el-|bin |bint |abu |de |del )?{cased}){{1,3}}|{arabic}\s+{arabic})"
        rf"|(?:{titles})\s+(?P<title>{cased}|{arabic}\s+{arabic})"
        rf"|(?:{roles}),?\s+(?P<role>{cased}\s+{cased}|{arabic}\s+{arabic}))"
    )


_NO_NAME = re.compile(
    r"(?i)\b(?:camp|district|hospital|office|team|school|clinic|village|ministry|police|army|forces|committee|cent(?:er|re)"
    r"|council|government|region|province|city|town|group|department|association|organi[sz]ation|agency|river|road|street"
    r"|north|south|east|west|united|nations|council|international|local|civilian|march|april|may|june|july|or|and|sex|age|type|id|code|status|number|name|list|data|report|services?)\b"
)


def name_in(text: str) -> str:
    """Return the cue after which a text names a person: "source", "title", or "" where it names none."""
    for match in _names().finditer(text):
        role = next(role for role in ("source", "title", "role") if match[role])
        if not _NO_NAME.search(match[role]) and (role != "role" or is_full_name(match[role])):
            return role
    return ""


def told_in(text: str) -> frozenset[str]:
    """Return what else a sentence tells: a person's number by its form, a place to some ten metres."""
    found = {"person_id"} if words_of.ids_in_text().search(text) else set[str]()
    if PLACE_IN_TEXT.search(text) and sum(map(str.isalpha, text)) >= SENTENCE_LETTERS:
        found.add("home_location")
    return frozenset(found)


def is_informant(text: str) -> bool:
    """Return whether a source's name is that of a person who saw, said or was told something, not of a body."""
    return bool(name_in(text)) or words_of.is_informant(text)


@cache
def name_cues() -> tuple[str, ...]:
    """Return what stands before every name that `name_in` finds: a quick look for a few of these comes first."""
    marks = {cue.lower() for role in ("source", "title", "role") for cue in words_of.cues(role)}
    return tuple(sorted(mark if len(mark) > SHORT_CUE else f" {mark}" for mark in marks))


@cache
def first_hint() -> str:
    """Return the quick look for short cues at a text's beginning, and for numbers and places in it; in Rust's syntax."""
    short = {
        cue for role in ("source", "title", "role") for cue in words_of.cues(role) if len(cue) <= SHORT_CUE
    }
    return rf"^(?i:{'|'.join(re.escape(cue) for cue in sorted(short))})[.,:]?\s|{POINT_HINT}"


def _is_phone(text: str) -> bool:
    digits = _digits(text)
    if DECIMAL.match(text) or len(digits) not in PHONE_DIGITS:
        return False
    dialled = text.startswith("00")
    try:
        number = phonenumbers.parse("+" + (digits[2:] if dialled else digits), None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) if dialled else phonenumbers.is_possible_number(number)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_iban(text: str) -> bool:
    """Return whether the check digits of an account number are right (ISO 13616: the remainder by 97 is 1)."""
    joined = text.replace(" ", "")
    if words_of.iban_lengths().get(joined[:2]) != len(joined):
        return False
    return int("".join(str(int(c, 36)) for c in joined[4:] + joined[:4])) % 97 == 1
