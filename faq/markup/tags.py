"""Tags of HTML: those that answers have, those that become one of them, and what is lost with the others."""

from __future__ import annotations

INLINE = {"strong", "em", "a"}
CELLS = {"td", "th"}
TABLE_PARTS = {"caption", "thead", "tbody", "tr", *CELLS}
#: Elements of a table that hold no words themselves.
ROWS = {"table", "thead", "tbody", "tr"}
#: Blocks that hold lines only: another block ends them.
LINES = {"p", "h3", "h4"}
BLOCKS = {*LINES, "div", "ol", "ul", "li", "table", *TABLE_PARTS}

#: Tag typed → tag that answers have for it.
RENAMED = {"b": "strong", "i": "em", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4", "tfoot": "tbody"}

#: Blocks without a tag of their own in answers: the words in them become paragraphs.
PARAGRAPHS = {
    *("section", "article", "aside", "header", "footer", "main", "nav", "hgroup", "search", "address", "blockquote"),
    *("center", "figure", "figcaption", "details", "summary", "dialog", "dl", "dt", "dd", "dir", "menu", "pre"),
    *("listing", "xmp", "plaintext", "fieldset", "legend", "form", "textarea", "select", "optgroup", "option"),
    *("html", "head", "body", "title", "frameset", "noframes", "noscript", "iframe", "object", "template"),
}

#: Names, told to the editor, of things left out → the tags and attributes of it. The words inside tags stay.
LOST = {
    "图片": {"img", "image", "picture", "canvas", "map", "area"},
    "样式": {"link", "basefont", "style=", "color=", "bgcolor=", "background=", "align="},
    "音频或视频": {"audio", "video", "source", "track", "bgsound"},
    "嵌入的内容": {"iframe", "object", "embed", "applet", "param", "frame", "frameset"},
    "表单": {"form", "input", "button", "select", "textarea"},
    "字体、下划线、上下标等格式": {
        *("font", "u", "s", "strike", "del", "ins", "sup", "sub", "mark", "small", "big", "code", "kbd", "samp", "var"),
        *("tt", "marquee", "blink", "ruby"),
    },
    "公式的排版": {"math"},
}
LOST_OF = {name: words for words, names in LOST.items() for name in names}

#: Elements whose content is no text, left out with it where they are closed: tag → what the editor is told.
LEFT_OUT_WHOLE = {"script": "脚本", "style": "样式", "svg": "图片"}

_INLINE_LEFT = {
    *("abbr", "acronym", "base", "bdi", "bdo", "cite", "data", "datalist", "dfn", "isindex", "keygen", "label", "meta"),
    *("meter", "nobr", "noembed", "output", "progress", "q", "rb", "rp", "rt", "rtc", "slot", "span", "time", "wbr"),
    *("col", "colgroup", "spacer", "multicol", "nextid", "menuitem", "command", "content", "shadow", "element"),
}
_MATHML = {
    *("mi", "mn", "mo", "ms", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "mstyle", "merror", "mpadded"),
    *("mphantom", "mfenced", "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr"),
    *("mtd", "mglyph", "semantics", "annotation"),
}
#: A `<` that begins none of these is a sign of its own, as in “成绩<C”.
KNOWN = {
    *BLOCKS,
    *INLINE,
    *RENAMED,
    *PARAGRAPHS,
    *(name for name in LOST_OF if not name.endswith("=")),
    *LEFT_OUT_WHOLE,
    *_INLINE_LEFT,
    *_MATHML,
    *("br", "hr"),
}
