"""Syncing: many datasets of a target brought into one folder, each whole or not at all, and kept up to date.

```
DIR/hxl-kit.lock        what is here, which request brought it, and by what a change is noticed (docs/sync.md)
DIR/packages/NAME/      packages of this tool, byte for byte as they were published
DIR/foreign/NAME/       other datasets: their files as received, described into a package that vouches for nothing
```
"""

from hxl_kit.syncing.running import Watch, sync
from hxl_kit.syncing.summary import Summary

__all__ = ["Summary", "Watch", "sync"]
