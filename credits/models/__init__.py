"""Storage and constraints of cycles, people, records and summaries; arithmetic is in `credits.rules`."""

from .access import SignInCode, StatementAccess
from .base import records_changed
from .corrections import CorrectionRequest
from .cycles import ConversionRate, TrainingCycle, TrainingCycleManager
from .history import Event
from .imports import SheetFinding, SpreadsheetImport, StoredChange
from .own_records import AWARDS, Award, DegreeAward, OffsetAward, SelfDirectedActivity
from .people import Membership, Organization, Posting, Teacher
from .plans import SafetyNetPlan, SchoolPlan
from .projects import TrainingProject, TrainingResult
from .summaries import StatementSummary

__all__ = [
    "AWARDS",
    "Award",
    "ConversionRate",
    "CorrectionRequest",
    "DegreeAward",
    "Event",
    "Membership",
    "OffsetAward",
    "Organization",
    "Posting",
    "SafetyNetPlan",
    "SchoolPlan",
    "SelfDirectedActivity",
    "SheetFinding",
    "SignInCode",
    "SpreadsheetImport",
    "StatementAccess",
    "StatementSummary",
    "StoredChange",
    "Teacher",
    "TrainingCycle",
    "TrainingCycleManager",
    "TrainingProject",
    "TrainingResult",
    "records_changed",
]
