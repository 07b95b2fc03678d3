"""The plugin against a real NocoBase, in a real browser. Tooling of this repository: nothing here is shipped."""
