"""Fields of JSON data, read one by one (`helpdesk.common.json_text` makes data of a text).

Whatever does not fit is refused with the path of each wrong field and a sentence in Chinese; nothing is guessed.
Written out here rather than left to a schema library, because an amount is judged by its exact value, a key that is
given twice is refused, and every refusal is a Chinese sentence under the path of its field.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from helpdesk.common.json_text import WholeNumber, repeated

from ..rules.amounts import AMOUNT_PATTERN, amount_error, range_error
from ..rules.bounds import FIRST_DATE, LAST_DATE, MAX_NAME_LENGTH

MOST_ERRORS = 10_000  # in one refusal
DATE_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Word = TypeVar("Word", bound=StrEnum)


# --- fields ------------------------------------------------------------------------------------------------------


class Errors(dict[str, str]):
    """Chinese sentences by path, one for each path."""

    def add(self, path: str, message: str) -> None:
        """Keeps `message`, unless the path has one already or there are too many."""
        if len(self) < MOST_ERRORS:
            self.setdefault(path, message)

    def refuse(self) -> None:
        """Raises ValidationError with a dictionary {path: [Chinese sentence]} where anything is wrong."""
        if self:
            raise ValidationError({path: [message] for path, message in self.items()})


class Fields:
    """Reader of the fields of one JSON object; notes what is wrong in `errors` under the field's path.

    A method returns some valid value where its field is wrong, so that one pass finds all wrong fields;
    whoever reads calls `Errors.refuse` before such a value is used.
    """

    def __init__(self, data: Mapping[str, Any], path: str, errors: Errors) -> None:
        self.data = data
        self.path = path
        self.errors = errors

    def at(self, name: str) -> str:
        """Returns the path of the field `name`."""
        return f"{self.path}.{name}" if self.path else name

    def only(self, names: Iterable[str]) -> None:
        """Refuses unknown and repeated keys."""
        allowed = set(names)
        for name in self.data:
            if name not in allowed:
                self.errors.add(self.at(name), "不认识这一项。")
        self.once(self.data)

    def once(self, names: Collection[str]) -> None:
        """Refuses those of these keys that were given more than once."""
        for name in repeated(self.data):
            if name in names:
                self.errors.add(self.at(name), "这一项写了两次。")

    def get(self, name: str) -> tuple[bool, Any]:
        """Returns whether the field is there, and its value; notes where it is not."""
        if name not in self.data:
            self.errors.add(self.at(name), "缺少这一项。")
            return False, None
        return True, self.data[name]

    def word(self, name: str, words: type[Word]) -> Word | None:
        """Returns the member that the field names; None where it names none."""
        there, value = self.get(name)
        if there and isinstance(value, str) and value in words._value2member_map_:
            return words(value)
        if there:
            self.errors.add(self.at(name), f"只能是：{'、'.join(words)}。")
        return None

    def flag_or_null(self, name: str) -> bool | None:
        """Returns true, false, or None for null."""
        if name in self.data and self.data[name] is None:
            return None
        there, value = self.get(name)
        if there and not isinstance(value, bool):
            self.errors.add(self.at(name), "只能是 true、false 或 null。")
        return value is True

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Returns true or false; `default` where the field may be left out and is."""
        if default is not None and name not in self.data:
            return default
        there, value = self.get(name)
        if there and not isinstance(value, bool):
            self.errors.add(self.at(name), "只能是 true 或 false。")
        return value is True

    def text(self, name: str) -> str:
        """Returns a text that is not blank and has at most MAX_NAME_LENGTH characters."""
        there, value = self.get(name)
        if not there:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.errors.add(self.at(name), "要填不为空的文字。")
        elif len(value) > MAX_NAME_LENGTH:
            self.errors.add(self.at(name), f"最多 {MAX_NAME_LENGTH} 个字符。")
        else:
            return value
        return ""

    def date(self, name: str) -> datetime.date:
        """Returns a day within the bounds of the contract."""
        there, value = self.get(name)
        if not there:
            return FIRST_DATE
        day = FIRST_DATE
        message = ""
        if not isinstance(value, str) or not DATE_PATTERN.fullmatch(value):
            message = "日期要写成 YYYY-MM-DD，如 2019-07-10。"
        else:
            try:
                day = datetime.date.fromisoformat(value)
            except ValueError:
                message = "没有这一天，请检查日期。"
        if not FIRST_DATE <= day <= LAST_DATE:
            message = f"日期要在 {FIRST_DATE} 到 {LAST_DATE} 之间。"
        if message:
            self.errors.add(self.at(name), message)
        return day

    def amount(self, name: str) -> Decimal:
        """Returns an amount of the kind `name`: credits, hours or a count."""
        there, value = self.get(name)
        if not there:
            return Decimal(1)
        if isinstance(value, str) and AMOUNT_PATTERN.fullmatch(value):
            value = Decimal(value)
        message: str | None = "要填数字，如 4 或 1.5，最多两位小数。"
        if isinstance(value, Decimal):
            message = amount_error(value, name)
        if message:
            self.errors.add(self.at(name), message)
            return Decimal(1)
        return Decimal(format(value, "f"))

    def bounded(self, name: str, label: str, most: Decimal) -> Decimal | None:
        """Returns an amount from 0 to `most` with at most two decimals, or None for null; `label` is its name."""
        there, value = self.get(name)
        if not there or value is None:
            return None
        if isinstance(value, str) and AMOUNT_PATTERN.fullmatch(value):
            value = Decimal(value)
        message: str | None = "要填数字，如 60 或 61.5，最多两位小数；不知道就填 null。"
        if isinstance(value, Decimal):
            message = range_error(value, most, label)
        if message:
            self.errors.add(self.at(name), message)
            return None
        # Zero may be written with an exponent so small that spelling it out would take all memory.
        return Decimal(format(value, "f")) if value else Decimal(0)

    def whole_number(self, name: str, first: int, last: int) -> int:
        """Returns a whole number from `first` to `last` that is written as one: 2021, neither 2021.0 nor "2021"."""
        there, value = self.get(name)
        if not there:
            return first
        if isinstance(value, WholeNumber) and first <= value <= last:
            return int(value)
        self.errors.add(self.at(name), f"要填 {first} 到 {last} 的整数。")
        return first
