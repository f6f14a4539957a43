"""What hxl_kit says, in the languages of its readers: English in the code, others in `schemas/locale/`.

A message is a template such as "is {days} days long"; its values are put in after it was translated. `N_` marks a
template where it stands; `scripts/messages.py` collects the marked ones into the catalogues.
"""

from __future__ import annotations

import gettext
from functools import cache
from typing import TYPE_CHECKING

from hxl_kit.errors import require_known
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH = "en"
DOMAIN = "hxl_kit"
_FOLDER = "locale"


def N_(template: str) -> str:  # noqa: N802 - gettext's own name for it
    """Return the template as it is; the name marks it for the catalogues."""
    return template


def message_languages() -> tuple[str, ...]:
    """Return the languages that reports are written in, English first."""
    found = (folder.name for folder in schemas.path_of(_FOLDER).iterdir() if folder.is_dir())
    return (ENGLISH, *sorted(found))


def say(template: str, language: str = ENGLISH, values: Mapping[str, object] | None = None) -> str:
    """Return a message in a language, in English where the language lacks it, with the values put in.

    A template without values is returned as it is, braces and all.

    Raises:
        UsageError: there is no such language.
    """
    translated = _catalogue(language).gettext(template) if template else ""
    return translated.format_map(values) if values else translated


def is_translated(template: str, language: str) -> bool:
    """Return whether a language has a message; English has all."""
    return language == ENGLISH or _catalogue(language).gettext(template) != template


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    require_known("language", language, message_languages())
    if language == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, schemas.path_of(_FOLDER), [language])
