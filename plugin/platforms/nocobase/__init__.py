"""NocoBase: what must stand on it for our forms, what stands there, and the way from one to the other.

`desired` (pure) → `actual` (reads) → `plan` (pure) → `push` (writes). The wire facts are in docs/nocobase.md.
"""
