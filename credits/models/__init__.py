"""Storage and constraints, no arithmetic: the cycles' numbers, people and their schools, records, summaries."""

from .access import SignInCode, StatementAccess
from .cycles import ConversionRate, TrainingCycle, TrainingCycleManager
from .history import Event
from .jobs import Job, SpreadsheetImport
from .people import Membership, Organization, Posting, Teacher
from .records import (
    DegreeAward,
    SafetyNetPlan,
    SchoolPlan,
    SelfDirectedActivity,
    TrainingProject,
    TrainingResult,
)
from .summaries import StatementSummary

__all__ = [
    "ConversionRate",
    "DegreeAward",
    "Event",
    "Job",
    "Membership",
    "Organization",
    "Posting",
    "SafetyNetPlan",
    "SchoolPlan",
    "SelfDirectedActivity",
    "SignInCode",
    "SpreadsheetImport",
    "StatementAccess",
    "StatementSummary",
    "Teacher",
    "TrainingCycle",
    "TrainingCycleManager",
    "TrainingProject",
    "TrainingResult",
]
