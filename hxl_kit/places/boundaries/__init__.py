"""Boundaries: polygons of administrative units from files that the user supplies, and what lies in them."""

from hxl_kit.places.boundaries.units import Boundaries

__all__ = ["Boundaries"]
