"""Types of what goes into the rules and what comes out. Amounts are `Decimal`, never floats; dates are `date`.

The value of each member of an enumeration is the word that stands in JSON: in the ledger and the statement of the
public address `POST /api/v1/credits/statement`.
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
    """Posts of teachers; the cycle says of which of them nothing is required yet (C16, C17)."""

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


class TrainingForm(StrEnum):
    """Forms of coordinated training, which its conversion into credits may depend on."""

    ONSITE = "onsite"  # 集中
    ONLINE = "online"  # 网络
    BLENDED = "blended"  # 混合


class Activity(StrEnum):
    """Activities of self-directed training 自主培训."""

    SCHOOL_TRAINING = "school_training"
    SCHOOL_RESEARCH = "school_research"
    WORKSHOP = "workshop"
    OTHER = "other"
    LESSON_OBSERVATION = "lesson_observation"
    OPEN_CLASS = "open_class"
    LECTURE = "lecture"


#: The kind of amount that each activity takes.
AMOUNT_OF_ACTIVITY: Mapping[Activity, str] = {
    Activity.SCHOOL_TRAINING: "credits",
    Activity.SCHOOL_RESEARCH: "credits",
    Activity.WORKSHOP: "credits",
    Activity.OTHER: "hours",
    Activity.LESSON_OBSERVATION: "count",
    Activity.OPEN_CLASS: "count",
    Activity.LECTURE: "count",
}
#: Activities whose records are counted together, a school year at a time (C9).
GROUPED = (Activity.LESSON_OBSERVATION, Activity.OPEN_CLASS, Activity.LECTURE)
#: A school year, named by the calendar year it starts in, and one of these activities.
Group = tuple[int, Activity]
#: Activities that happen at a level.
LEVELLED = (Activity.OPEN_CLASS, Activity.LECTURE)


class Level(StrEnum):
    """Levels at which an open class or a lecture is given."""

    SCHOOL = "school"
    COUNTY = "county"  # county and above


class PlanState(StrEnum):
    """States of the school's plan 校本研修方案 that an activity stands under."""

    APPROVED = "approved"
    SUBMITTED = "submitted"
    NONE = "none"


class DegreeLevel(StrEnum):
    """Levels of a degree 学历."""

    ASSOCIATE = "associate"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"


#: The key beside the categories under which the credits of all degrees are summed.
DEGREE_KEY = "degree"
#: The key beside the categories under which the credits of all other offsets are summed.
OFFSET_KEY = "other_offset"


class Bucket(StrEnum):
    """The two sums of credits, which never help each other (C3)."""

    COORDINATED = "coordinated"
    SELF_DIRECTED = "self_directed"


class Outcome(StrEnum):
    """Outcomes of a line: how far its credits count."""

    COUNTED = "counted"
    CAPPED = "capped"
    PENDING = "pending"
    REJECTED = "rejected"
    UNDETERMINED = "undetermined"


class Reason(StrEnum):
    """Reasons why a line does not count in full."""

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
    """Verdicts on a ledger, in the order in which their rules are tried."""

    PENDING_POLICY = "pending_policy"
    CANNOT_DECIDE = "cannot_decide"
    MET = "met"
    UNDECIDED = "undecided"
    SHORT = "short"


class AdviceCode(StrEnum):
    """Kinds of advice, in the order in which a statement gives them."""

    TYPE_MISSING = "type_missing"
    SURPLUS_NOT_TRANSFERABLE = "surplus_not_transferable"
    MAY_SKIP_ALL_STAFF = "may_skip_all_staff"
    PLAN_PENDING = "plan_pending"
    CARRIED_FORWARD = "carried_forward"
    FIX_CONVERSION = "fix_conversion"


#: Posts of which a cycle may say that nothing is required yet.
POLICY_PENDING = (Position.ADMINISTRATION, Position.SECONDED)


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
    other_offset_cap: Decimal | None  # None: no cap (C24)
    safety_net_cap_per_school_year: Decimal
    safety_net_cap_per_cycle: Decimal
    lessons_observed_per_credit: int
    county_open_classes_per_credit: int
    school_open_classes_per_credit: int
    county_lectures_per_credit: int
    school_lectures_per_credit: int
    hours_per_credit: int
    positions_without_requirement: frozenset[Position]

    def school_year(self, day: date) -> int:
        """Returns the school year of `day`, named by the calendar year it starts in (2018 for 2018-19)."""
        begins = (self.starts_on.month, self.starts_on.day)
        return day.year if (day.month, day.day) >= begins else day.year - 1

    @property
    def school_years(self) -> range:
        """All school years of the cycle, first to last, each named by the calendar year it starts in."""
        return range(self.starts_on.year, self.school_year(self.ends_on) + 1)


@dataclass(frozen=True, slots=True)
class TeacherFacts:
    """The three facts of a teacher that a verdict rests on; `formally_employed_on` is None where it is not known."""

    position: Position
    formally_employed_on: date | None
    sole_teacher_school: bool


@dataclass(frozen=True, slots=True)
class Coordinated:
    """One result of coordinated training 统筹培训; `done_on` is the day it was completed."""

    id: str
    category: Category
    credits: Decimal
    done_on: date
    converted: bool = True
    project: str | None = None


@dataclass(frozen=True, slots=True)
class SelfDirected:
    """One self-directed activity 自主培训; `amount` is in the unit that `AMOUNT_OF_ACTIVITY` names."""

    id: str
    activity: Activity
    amount: Decimal
    done_on: date
    plan: PlanState
    has_record: bool
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Degree:
    """One degree 学历; the reviewer set its `credits`, and `done_on` is the day it was awarded."""

    id: str
    level: DegreeLevel
    credits: Decimal
    done_on: date


@dataclass(frozen=True, slots=True)
class Offset:
    """One offset by a way other than a degree 其他途径冲抵 (C24); the reviewer set its `credits`.

    `basis` is the way, shown as written; `done_on` is the day it was awarded.
    """

    id: str
    basis: str
    credits: Decimal
    done_on: date


Record = Coordinated | SelfDirected | Degree | Offset


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that the verdict on one teacher rests on, as of the day `as_of`."""

    cycle: Cycle
    as_of: date
    teacher: TeacherFacts
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the statement: the ids of its records, the credits they claim, the credits that count, and why."""

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
    """Totals of coordinated training in credits; `by_category` has every category, `degree` and `other_offset`."""

    required: Decimal
    counted: Decimal
    missing: Decimal
    by_category: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class SelfDirectedTotal:
    """Totals of self-directed training in credits; `pending` would count once every filed plan were approved."""

    required: Decimal
    counted: Decimal
    pending: Decimal
    missing: Decimal
    surplus: Decimal
    by_activity: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Verdict and coordinated credits of the same ledger under another reading of the documents."""

    reading: str
    verdict: Verdict
    coordinated_counted: Decimal


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence of advice; `detail` is set for `type_missing` alone."""

    code: AdviceCode
    detail: str | None
    text: str
    clauses: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClosingPlan:
    """The way to close the gap from `as_of` to the cycle's end, in credits; `other_hours_equivalent` is in hours."""

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
    plan: ClosingPlan | None
    plan_text: tuple[str, ...]
