"""Change one number or habit in a manifest's text, and nothing else."""

from plugin.manifest_edit.edits import Edit, EditRefused, NewSetting, NewValue
from plugin.manifest_edit.text import edited

__all__ = ["Edit", "EditRefused", "NewSetting", "NewValue", "edited"]
