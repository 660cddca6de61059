"""Storage and constraints, no arithmetic: the cycles' numbers, people and their schools, records, summaries."""

from .access import StatementAccess
from .cycles import TrainingCycle, TrainingCycleManager
from .people import Membership, Organization, Posting, Teacher
from .records import DegreeAward, SchoolPlan, SelfDirectedActivity, TrainingProject, TrainingResult
from .summaries import StatementSummary

__all__ = [
    "DegreeAward",
    "Membership",
    "Organization",
    "Posting",
    "SchoolPlan",
    "SelfDirectedActivity",
    "StatementAccess",
    "StatementSummary",
    "Teacher",
    "TrainingCycle",
    "TrainingCycleManager",
    "TrainingProject",
    "TrainingResult",
]
