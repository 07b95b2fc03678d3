"""One thing to mend in the file: where, what is wrong with the value, what would be right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`row` as the spreadsheet numbers it, `column` its heading. Of a classified row nothing but its number is known.

    `value`: what the cell shows; `article`: what asks for it ("39(1)").
    """

    row: int
    column: str | None
    message: str
    remedy: str
    value: str | None = None
    article: str | None = None

    def __str__(self) -> str:
        if self.column is None:
            return f"第{self.row}行：{self.message}{self.remedy}"
        return f"第{self.row}行“{self.column}”：{self.said}{self.remedy}"

    @property
    def said(self) -> str:
        """What is wrong, where the column is named beside it."""
        return self.message.removeprefix(f"“{self.column}”")
