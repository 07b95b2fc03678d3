"""Bring a new version of the law to the projects: one project at a time, those folded under another version."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from plugin.intake import Intake
from plugin.ledger import LedgerError

log = logging.getLogger("zhengxiang.jobs")


@dataclass(slots=True)
class Refolding:
    """The row's own version says what is still to do, so a restart goes on where it was stopped."""

    intake: Intake
    _failed: dict[str, str] = field(
        default_factory=dict
    )  # project → the version under which our code failed on it

    def one(self, now: datetime) -> bool:
        """Fold the next project. Return True if there was one: call again.

        A project that our code cannot fold is passed over until the next version or the next start, so that it holds
        up no other.
        """
        version = self.intake.manifest().version
        failed = {code for code, at in self._failed.items() if at == version}
        waiting = self.intake.ledger.projects.outdated(version, len(failed) + 1)
        code = next((each for each in waiting if each not in failed), None)
        if code is None:
            return False
        try:
            self.intake.refold(code, now)
        except LedgerError:
            raise  # not the project's fault: tried again at the next tick
        except Exception as error:
            log.exception("project %s was not folded anew: %s", code, type(error).__name__)
            self._failed[code] = version
        return True
