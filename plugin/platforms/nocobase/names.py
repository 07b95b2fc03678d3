"""Every name we give to a thing on the platform. All are fixed, so that a second push finds what the first one made."""

from __future__ import annotations

from dataclasses import dataclass

PARENT = "zx_parent_id"  # a row's link to its record
SAVED_AT = "zx_saved_at"  # when a person saved it: the version of a record, written by the platform itself
SAVED_BY = "zx_saved_by"  # which person that was; updatedBy is ours as soon as we have written back
STATUS = "zx_status"
MESSAGE = "zx_message"
JUDGED_AT = "zx_judged_at"
WRITTEN_BACK = (STATUS, MESSAGE, "zx_verdict", "zx_revision", "zx_key", JUDGED_AT)
SECRET_VARIABLE = "ZX_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
CHANNEL = "zhengxiang"
DATABASE_NAME_MAX = 63


@dataclass(frozen=True, slots=True)
class Names:
    """Names under one prefix."""

    prefix: str

    def collection(self, form: str) -> str:
        """The collection of a form."""
        return f"{self.prefix}{form}"

    def rows(self, collection: str, table: str) -> str:
        """The collection of a table's rows."""
        return f"{collection}_{table}"

    def links(self, collection: str, field: str) -> str:
        """The table that links records to their files."""
        return f"{collection}_x_{field}"

    @property
    def messages(self) -> str:
        """The collection of messages to people."""
        return f"{self.prefix}messages"

    def workflow(self, subject: str, purpose: str) -> str:
        """The key of a workflow; its versions share it."""
        return f"{self.prefix}{subject}-{purpose}"

    def page(self, form: str) -> str:
        """The page of a form, at /admin/<this>."""
        return f"{self.prefix}{form}-page"

    def group(self, filled_by: str) -> str:
        """The menu group of those who fill in the form."""
        return f"{self.prefix}group-{filled_by}"
