"""The form that takes a spreadsheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from helpdesk.common.spreadsheets.sheets import MOST_ROWS

from ..models import SpreadsheetImport
from ..spreadsheets.reader import MOST_BYTES, SENTENCES
from .staff import StaffForm

#: Endings that the browser offers to choose; the content decides.
ENDINGS = ".xlsx,.xls,.et,.ods,.csv"
MOST_MEGABYTES = MOST_BYTES // 1024 // 1024
NO_FILE = "请选择文件。"


class UploadForm(StaffForm):
    """A filled spreadsheet and the kind of rows it holds."""

    kind = forms.ChoiceField(label="导入什么", choices=SpreadsheetImport.Kind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label="填好的表格",
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
        help_text=f"Excel 或 WPS 表格，.ods 和 .csv 也可以。最大 {MOST_MEGABYTES} MB，最多 {MOST_ROWS} 行。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict.fromkeys(("required", "missing", "invalid"), NO_FILE)
        self.fields["file"].error_messages |= words | {"empty": SENTENCES["empty_file"]}

    def clean_file(self) -> UploadedFile:
        """Returns the file. Raises ValidationError for one of more than `MOST_BYTES`."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(SENTENCES["too_large"])
        return file

    @property
    def file_name(self) -> str:
        """The end of the file's name that the row has room for, without control characters."""
        name = self.cleaned_data["file"].name or ""
        printable = "".join(character for character in name if character.isprintable())
        longest = SpreadsheetImport._meta.get_field("file_name").max_length or len(printable)
        return printable[-longest:]
