"""Reasons why a document cannot be read, in Chinese, and the bounds within which it is read."""

from __future__ import annotations

MOST_BYTES = 20 * 1024 * 1024
MOST_PARAGRAPHS = 2000
#: Characters of all lines together: 2,000 long paragraphs have fewer.
MOST_CHARACTERS = 600_000
#: Bytes that a .docx may unpack to, and those of its XML parts, which take many times as much memory.
MOST_UNPACKED = 60 * 1024 * 1024
MOST_XML = 12 * 1024 * 1024
MOST_PARTS = 2000
MOST_RATIO = 200
RATIO_MATTERS = 4 * 1024 * 1024
MOST_DEPTH = 200
MOST_PICTURES = 100
MOST_CELLS = 20_000

SAVE_AS = "请用 Word 或 WPS 打开它，另存为 docx，再上传。"
SENTENCES = {
    "empty": "文件里没有文字，请重新选择。",
    "no_words": "没有读到文字：可能是扫描件或图片。请换成能选中文字的文件，另存为 docx，再上传。",
    "too_large": f"文件超过 {MOST_BYTES // 1024 // 1024} MB。请压缩里面的图片，或者分成几个文件，另存为 docx，再上传。",
    "encrypted": "这个文件加了密码，系统打不开。请去掉密码，另存为 docx，再上传。",
    "old_word": f"这是旧版 Word 文件（.doc，或 WPS 的 .wps），系统读不了。{SAVE_AS}",
    "pdf": "这是 PDF，里面的文字分不出段落。请找到原来的文档，或者用 Word、WPS 打开它，另存为 docx，再上传。",
    "picture": "这是图片，里面的字读不出来。请找到原来的文档，另存为 docx，再上传。",
    "rtf": f"这是 RTF 文件，系统读不了。{SAVE_AS}",
    "macros": "这个文件带有宏，为了安全不接收。请另存为 docx（不带宏的 Word 文档），再上传。",
    "not_word": f"这不是 Word 文档（只改文件名不行）。{SAVE_AS}",
    "damaged": f"文件打不开，可能没有传完整，或者已经损坏。{SAVE_AS}",
    "doctype": "这个文件里有文档不该有的内容，为了安全不接收。请把文字复制到新的文档里，另存为 docx，再上传。",
    "unknown_letters": "文件里的文字认不出来。请用 Word 或 WPS 打开它，另存为 docx，再上传。",
    "too_much": "这个文件太大或太复杂，系统没有读完。请分成几个文件，另存为 docx，再上传。",
    "too_many_paragraphs": f"文件超过 {MOST_PARAGRAPHS} 段，请分成几个文件，另存为 docx，再上传。",
    "busy": "现在上传的人多，请过半分钟再传一次。",
    "no_entries": "没有找到问答。请让每个问题独占一行，最好有编号，再试一次。",
}


class Refused(Exception):
    """The document cannot be taken; `code` is a key of SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code]
