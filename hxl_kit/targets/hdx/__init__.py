"""HDX as a target: datasets that change as a whole or not at all, verified, and undone from what is kept here."""

from hxl_kit.targets.hdx.target import HdxTarget

__all__ = ["HdxTarget"]
