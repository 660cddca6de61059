"""Reads the credit form as a browser does: what it would send, which errors stand where, what the rows are called."""

from __future__ import annotations

from html.parser import HTMLParser

#: Sent by every browser, typed by nobody.
NOT_TYPED = ("csrfmiddlewaretoken", "-MIN_NUM_FORMS", "-MAX_NUM_FORMS")


class FormPage(HTMLParser):
    """`typed` is what the form with id `form` would send, `errors` a sentence by field name, `rows` the rows' names."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.typed: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.rows: list[str] = []
        self.marked: list[str] = []  # fields that look or sound wrong
        self.text = ""
        self._inside = False
        self._inert = False  # in a <template>, which is no part of the form
        self._select = ""
        self._error = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = attributes.get("id") == "form"
        if tag == "template":
            self._inert = True
        if not self._inside or self._inert:
            return
        name = attributes.get("name", "")
        if attributes.get("role") == "group":
            self.rows.append(attributes.get("aria-label", ""))
        if "is-invalid" in attributes.get("class", "").split() or "aria-invalid" in attributes:
            self.marked.append(name)
        if tag == "input" and not name.endswith(NOT_TYPED):
            if attributes.get("type") != "checkbox":
                self.typed[name] = attributes.get("value", "")
            elif "checked" in attributes:
                self.typed[name] = attributes.get("value", "on")
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in attributes or self._select not in self.typed):
            self.typed[self._select] = attributes.get("value", "")
        elif tag == "div" and attributes.get("id", "").endswith("_error"):
            self._error = attributes["id"].removeprefix("id_").removesuffix("_error")
            self.errors[self._error] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "template":
            self._inert = False
        elif tag == "div":
            self._error = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._error:
            self.errors[self._error] += data.strip()
