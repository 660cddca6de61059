"""What goes into the rules and what comes out. Amounts are `Decimal`, never floats; dates are `date`.

Every name of an enumeration is the word that stands in JSON (the ledger and the statement of the
public address `POST /api/v1/credits/statement`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

#: Hours per credit that divide every amount exactly: only 2 and 5 as prime factors.
EXACT_DIVISORS = (1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 40, 50, 64, 80, 100)


class Position(StrEnum):
    TEACHING = "teaching"
    ADMINISTRATION = "administration"  # 教育行政部门持证在岗
    SECONDED = "seconded"  # 借调到教育主管部门


class Category(StrEnum):
    """Categories of coordinated training 统筹培训."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    COUNTY = "county"
    ALL_STAFF = "all_staff"  # 互联网+全员
    SAFETY_NET = "safety_net"  # 托底全员


class Activity(StrEnum):
    """Activities of self-directed training 自主培训."""

    SCHOOL_TRAINING = "school_training"
    SCHOOL_RESEARCH = "school_research"
    WORKSHOP = "workshop"
    OTHER = "other"
    LESSON_OBSERVATION = "lesson_observation"
    OPEN_CLASS = "open_class"
    LECTURE = "lecture"


#: Which amount each activity takes.
AMOUNT_OF_ACTIVITY: Mapping[Activity, str] = {
    Activity.SCHOOL_TRAINING: "credits",
    Activity.SCHOOL_RESEARCH: "credits",
    Activity.WORKSHOP: "credits",
    Activity.OTHER: "hours",
    Activity.LESSON_OBSERVATION: "count",
    Activity.OPEN_CLASS: "count",
    Activity.LECTURE: "count",
}
#: Activities of which a school year's records are counted together (C9).
GROUPED = (Activity.LESSON_OBSERVATION, Activity.OPEN_CLASS, Activity.LECTURE)
#: Activities that happen at a level.
LEVELLED = (Activity.OPEN_CLASS, Activity.LECTURE)


class Level(StrEnum):
    SCHOOL = "school"
    COUNTY = "county"  # county and above


class PlanState(StrEnum):
    """The school's plan 校本研修方案 an activity stands under."""

    APPROVED = "approved"
    SUBMITTED = "submitted"
    NONE = "none"


class DegreeLevel(StrEnum):
    ASSOCIATE = "associate"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"


class Bucket(StrEnum):
    COORDINATED = "coordinated"
    SELF_DIRECTED = "self_directed"


class Outcome(StrEnum):
    COUNTED = "counted"
    CAPPED = "capped"
    PENDING = "pending"
    REJECTED = "rejected"
    UNDETERMINED = "undetermined"


class Reason(StrEnum):
    OUT_OF_CYCLE = "out_of_cycle"
    AFTER_AS_OF = "after_as_of"
    DUPLICATE = "duplicate"
    NOT_CONVERTED = "not_converted"
    PROBATION = "probation"
    EMPLOYMENT_UNKNOWN = "employment_unknown"
    NO_PLAN = "no_plan"
    NO_RECORD = "no_record"
    PLAN_NOT_APPROVED = "plan_not_approved"
    OVER_CAP = "over_cap"
    BELOW_THRESHOLD = "below_threshold"


class Verdict(StrEnum):
    PENDING_POLICY = "pending_policy"
    CANNOT_DECIDE = "cannot_decide"
    MET = "met"
    UNDECIDED = "undecided"
    SHORT = "short"


class AdviceCode(StrEnum):
    TYPE_MISSING = "type_missing"
    SURPLUS_NOT_TRANSFERABLE = "surplus_not_transferable"
    MAY_SKIP_ALL_STAFF = "may_skip_all_staff"
    PLAN_PENDING = "plan_pending"
    CARRIED_FORWARD = "carried_forward"
    FIX_CONVERSION = "fix_conversion"


@dataclass(frozen=True, slots=True)
class Cycle:
    """The parameters of one training cycle; `starts_on` is also the month and day a school year starts."""

    code: str
    starts_on: date
    ends_on: date
    confirmed: bool
    coordinated_required: Decimal
    self_directed_required: Decimal
    degree_offset_cap: Decimal
    safety_net_cap_per_school_year: Decimal
    safety_net_cap_per_cycle: Decimal
    lessons_observed_per_credit: int
    county_open_classes_per_credit: int
    school_open_classes_per_credit: int
    county_lectures_per_credit: int
    school_lectures_per_credit: int
    hours_per_credit: int

    def school_year(self, day: date) -> int:
        """The school year `day` falls into, named by the calendar year it starts in (2018 for 2018-19)."""
        begins = (self.starts_on.month, self.starts_on.day)
        return day.year if (day.month, day.day) >= begins else day.year - 1

    @property
    def school_years(self) -> range:
        """All school years of the cycle, first to last."""
        return range(self.starts_on.year, self.school_year(self.ends_on) + 1)


@dataclass(frozen=True, slots=True)
class Teacher:
    position: Position
    formally_employed_on: date | None
    sole_teacher_school: bool


@dataclass(frozen=True, slots=True)
class Coordinated:
    """One result of coordinated training 统筹培训; `credits` in credits, `done_on` its completion."""

    id: str
    category: Category
    credits: Decimal
    done_on: date
    converted: bool = True
    project: str | None = None


@dataclass(frozen=True, slots=True)
class SelfDirected:
    """One self-directed activity 自主培训; `amount` in credits, hours or a count, as its activity takes."""

    id: str
    activity: Activity
    amount: Decimal
    done_on: date
    plan: PlanState
    has_record: bool
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Degree:
    """One degree 学历; `credits` as entered by whoever reviewed it, `done_on` the day it was awarded."""

    id: str
    level: DegreeLevel
    credits: Decimal
    done_on: date


Record = Coordinated | SelfDirected | Degree


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything the verdict on one teacher rests on."""

    cycle: Cycle
    as_of: date
    teacher: Teacher
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the statement: the records it covers, what they claim and what counts, and why."""

    records: tuple[str, ...]
    bucket: Bucket
    outcome: Outcome
    claimed: Decimal
    counted: Decimal
    because: str
    reason: Reason | None
    clauses: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoordinatedTotal:
    required: Decimal
    counted: Decimal
    missing: Decimal
    by_category: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class SelfDirectedTotal:
    required: Decimal
    counted: Decimal
    pending: Decimal
    missing: Decimal
    surplus: Decimal
    by_activity: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Alternative:
    """What another reading of the documents would make of the same ledger."""

    reading: str
    verdict: Verdict
    coordinated_counted: Decimal


@dataclass(frozen=True, slots=True)
class Advice:
    code: AdviceCode
    detail: str | None
    text: str
    clauses: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The way to close the gap from `as_of` to the cycle's end; credits, but for the last one, hours."""

    coordinated_missing: Decimal
    safety_net_available: Decimal
    degree_available: Decimal
    training_or_degree_needed: Decimal
    training_needed: Decimal
    self_directed_missing: Decimal
    activity_credits_available: Decimal
    other_hours_equivalent: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """A statement's verdict and its numbers alone, in credits."""

    verdict: Verdict
    coordinated_counted: Decimal
    coordinated_missing: Decimal
    self_directed_counted: Decimal
    self_directed_pending: Decimal
    self_directed_missing: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """The whole answer: verdict with its sums, every line with its clause, and what to do next."""

    cycle: Cycle
    as_of: date
    verdict: Verdict
    because: str
    verdict_clauses: tuple[str, ...]
    coordinated: CoordinatedTotal
    self_directed: SelfDirectedTotal
    lines: tuple[Line, ...]
    alternatives: tuple[Alternative, ...]
    advice: tuple[Advice, ...]
    plan: Plan | None
    plan_text: tuple[str, ...]
