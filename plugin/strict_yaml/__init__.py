"""YAML as a bureau means it: 1.2 scalars only, exact numbers, no tricks; every problem with its line.

PyYAML reads 9:30 as 570, no as False, 3.10 as 3.1 and silently keeps the last of two equal keys. Here numbers are int
or exact Decimal, YYYY-MM-DD is a date, keys are always text.
"""

from plugin.strict_yaml.document import Document, Place, Problem, YamlInvalid, pointer_to
from plugin.strict_yaml.reader import MAX_BYTES, MAX_DEPTH, parse, read_yaml

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Document",
    "Place",
    "Problem",
    "YamlInvalid",
    "parse",
    "pointer_to",
    "read_yaml",
]
