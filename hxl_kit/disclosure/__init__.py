"""Disclosure: whether data on people let a person be found, and remedies that keep the data useful."""

from hxl_kit.disclosure.differencing import between_releases
from hxl_kit.disclosure.finding import Finding
from hxl_kit.disclosure.looking import disclosure
from hxl_kit.disclosure.people import People, people
from hxl_kit.disclosure.risk import HDX_HIGHEST, Risk, record_risks, summary
from hxl_kit.disclosure.watching import Disclosing

__all__ = [
    "HDX_HIGHEST",
    "Disclosing",
    "Finding",
    "People",
    "Risk",
    "between_releases",
    "disclosure",
    "people",
    "record_risks",
    "summary",
]
