"""hxl_kit: provider files to validated, HXL-tagged data packages, published to HDX."""

__version__ = "0.1.0"
