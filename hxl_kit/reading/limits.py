"""How much is read: every limit, in one place, with its reason. `docs/limits.md` says them in plain words.

A limit refuses with a sentence; it never cuts anything off silently.
"""

from __future__ import annotations

UNPACKED_BYTES = 8 << 30
"""What one gzip or zip may unpack to: it goes to the disk, a part at a time."""

WORKBOOK_BYTES = 2 << 30
"""What the parts of one workbook may unpack to: they are held in memory."""

RATIO = 200
RATIO_FREE_BYTES = 100_000_000
"""Files may unpack to more than 200 times their size only below 100 MB. Real tables of text stay below 100 times."""

MEMBERS = 10_000
"""Members of a zip, and parts of a workbook."""

SHEET_ROWS = 1_048_576
"""As many rows as a worksheet has."""

SHEET_CELLS = 5_000_000
SPARSE = 20
"""A sheet may reach over 5 million cells only if at least one in 20 is there: readers hold every cell of the reach."""

TRIAL_BYTES = 800 << 20
TRIAL_RATIO = 20
TRIAL_SECONDS = 15
"""Workbooks that are not XLSX are loaded on trial with 800 MiB, and 20 times their size, of memory for 15 seconds."""

PARQUET_CELLS = 50_000_000
CELLS_PER_BYTE = 100
"""A Parquet file may claim over 50 million cells only if it has a byte for every hundred: equal values take no room."""

BATCH_BYTES = 512 << 20
"""What the cells of one batch of a Parquet file may take: one long value can stand in every row for free."""

COLUMNS = 16_384
"""As many columns as a worksheet has; more are names of things that should be values."""

RAGGED_ROWS = 1_000_000
"""So many records without one that fits the header, in one block of a CSV file, are another table than it says."""

TAG_CHARACTERS = 500
"""The longest hashtag with its attributes; HXL's own are shorter than 60."""

VALUE_CHARACTERS = 32 << 20
"""The longest JSON record: read as Python's values it takes about 15 times as much."""

JSON_LEVELS = 64
"""How deep lists and objects may be nested in a JSON record, and with a few more in a descriptor."""

DESCRIPTOR_BYTES = 32 << 20
DESCRIPTOR_LEVELS = 100
"""A descriptor holds metadata only; those of large packages have a few hundred KB and 10 levels."""

YAML_BYTES = 1 << 20
YAML_NODES = 100_000
YAML_LEVELS = 64
"""package.yaml is written by people. Nodes are counted with every alias written out, as readers walk them."""

PATH_CHARACTERS = 1_000
NAME_BYTES = 255
"""The longest path of a resource, and the longest name of a file on common systems."""

REDIRECTS = 5
REMOTE_SECONDS = 30
"""How often an address may point on to another, and how long a server may stay silent."""

PATTERN_CHARACTERS = 5_000
PATTERN_SECONDS = 5.0
PATTERN_CELL_CHARACTERS = 2_000
"""A pattern with two open repetitions takes the square of a cell's length; longer cells are matched under watch."""
