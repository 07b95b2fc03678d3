"""What a proposed manifest would change for the projects of the ledger, before it is applied. See docs/whatif.md."""

from plugin.whatif.effects import Item, Kind, When
from plugin.whatif.run import Effect, WhatIf
from plugin.whatif.summary import Line, Summary

__all__ = ["Effect", "Item", "Kind", "Line", "Summary", "WhatIf", "When"]
