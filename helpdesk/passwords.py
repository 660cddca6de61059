"""Password rules whose messages Django has not translated, or not so that a teacher would know what to do."""

from __future__ import annotations

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)


class MinimumLength(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"密码太短了，至少要 {self.min_length} 个字符。"

    def get_help_text(self) -> str:
        return f"密码至少要 {self.min_length} 个字符。"


class NotLikeTheAccount(UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "密码不要和教师编号或姓名相近。"


class NotDigitsAlone(NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "密码不能全是数字。"


class NotCommon(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "这个密码太常见，容易被猜到，请换一个。"
