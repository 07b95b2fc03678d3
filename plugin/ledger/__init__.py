"""The ledger: what was taken, judged, owed and sent. All SQL of the product is here."""

from plugin.ledger.attachments import AttachmentRow
from plugin.ledger.attempts import AttemptRow
from plugin.ledger.audit import SYSTEM, AuditEntry
from plugin.ledger.database import Ledger, Problem
from plugin.ledger.errors import LedgerBusy, LedgerError, LedgerFull, LedgerUnavailable
from plugin.ledger.feeds import Feed, OpenDuty
from plugin.ledger.inbox import InboxItem, Remembered
from plugin.ledger.lists import Page, Query
from plugin.ledger.manifests import ActiveManifest, AppliedManifest
from plugin.ledger.obligations import DutyState, Moved, ObligationChanges, ObligationRow
from plugin.ledger.outbox import Kind, OutboxItem, OutboxRow, Outgoing
from plugin.ledger.people import Person, SavedView
from plugin.ledger.projects import ProjectRow, Sketch, VerdictRow
from plugin.ledger.proposals import Proposal, ProposalState
from plugin.ledger.reconciling import Difference, DifferenceRow, Round
from plugin.ledger.reminders import ReminderRow
from plugin.ledger.replies import RECEIPT_LOST, REFUSED, ReplyRow
from plugin.ledger.submissions import CONSOLE, HELD_HERE, IMPORTED, Submission, SubmissionVersion
from plugin.ledger.watched import COUNTY, WatchedDuty

__all__ = [
    "CONSOLE",
    "COUNTY",
    "HELD_HERE",
    "IMPORTED",
    "RECEIPT_LOST",
    "REFUSED",
    "SYSTEM",
    "ActiveManifest",
    "AppliedManifest",
    "AttachmentRow",
    "AttemptRow",
    "AuditEntry",
    "Difference",
    "DifferenceRow",
    "DutyState",
    "Feed",
    "InboxItem",
    "Kind",
    "Ledger",
    "LedgerBusy",
    "LedgerError",
    "LedgerFull",
    "LedgerUnavailable",
    "Moved",
    "ObligationChanges",
    "ObligationRow",
    "OpenDuty",
    "OutboxItem",
    "OutboxRow",
    "Outgoing",
    "Page",
    "Person",
    "Problem",
    "ProjectRow",
    "Proposal",
    "ProposalState",
    "Query",
    "Remembered",
    "ReminderRow",
    "ReplyRow",
    "Round",
    "SavedView",
    "Sketch",
    "Submission",
    "SubmissionVersion",
    "VerdictRow",
    "WatchedDuty",
]
