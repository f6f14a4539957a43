"""Normalise: text rows and a source in, the standard's rows out; every row accepted or rejected with reasons."""

from hxl_kit.normalise.acceptance import REJECTED
from hxl_kit.normalise.cells import Conventions
from hxl_kit.normalise.normaliser import WARNINGS, Normalised, Normaliser
from hxl_kit.normalise.repairs import CHANGES

__all__ = ["CHANGES", "REJECTED", "WARNINGS", "Conventions", "Normalised", "Normaliser"]
