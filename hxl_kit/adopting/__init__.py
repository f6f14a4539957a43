"""Adopting: a dataset that is published already becomes a folder with its files and a package.yaml to go on with."""

from hxl_kit.adopting.adopting import Adopted, adopt

__all__ = ["Adopted", "adopt"]
