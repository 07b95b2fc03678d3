"""The desk and the ledger of the flow's tests, for what becomes of a paper once it was taken."""

from tests.flow.conftest import desk, ledger

__all__ = ["desk", "ledger"]  # pytest finds the fixtures by name
