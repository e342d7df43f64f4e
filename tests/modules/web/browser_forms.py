"""Pages as a browser reads them: links, what it would send of the forms, and what isn't well-formed in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: They have no end.
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
#: Links of these attributes are followed by GET.
LINKS = ("href", "hx-get")


@dataclass
class Form:
    """A form as it is shown: also several values of one name, and only boxes that are ticked."""

    method: str = "get"
    action: str = ""
    is_multipart: bool = False
    fields: dict[str, list[str]] = field(default_factory=dict)
    #: of these, what the page hides: tokens, versions, numbers of acts
    hidden: dict[str, list[str]] = field(default_factory=dict)
    #: select → its values
    choices: dict[str, list[str]] = field(default_factory=dict)
    #: names and values of its buttons
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, value: str) -> None:
        """One more value of a name."""
        self.fields.setdefault(name, []).append(value)


class Page(HTMLParser):
    """One page: its title, links and forms, and every error of its markup."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title, self.is_whole = "", False
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.errors: list[str] = []
        self._open: list[str] = []
        self._ids: set[str] = set()
        self._select = self._area = ""
        self._form: Form | None = None
        self.feed(text)
        self.close()
        self.errors += [f"<{tag}> isn't ended" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._look(tag, attrs, values)
        if tag not in VOID:
            self._open.append(tag)
        if tag == "form":
            self._form = Form(
                values.get("method", "get").lower(),
                values.get("action", values.get("hx-get", "")),
                values.get("enctype") == "multipart/form-data",
            )
            self.forms.append(self._form)
        elif "disabled" not in values:
            self._field(tag, values)
        if tag != "link":
            self.links += [values[name] for name in LINKS if values.get(name)]

    def _look(self, tag: str, attrs: list[tuple[str, str | None]], values: dict[str, str]) -> None:
        self.is_whole |= tag == "html"
        if len(values) < len(attrs):
            self.errors.append(f"<{tag}> has an attribute twice: {attrs}")
        if (own := values.get("id")) is not None:
            if own in self._ids:
                self.errors.append(f"the id {own} is there twice")
            self._ids.add(own)

    def _field(self, tag: str, values: dict[str, str]) -> None:
        form, name = self._form, values.get("name", "")
        if form is None:
            return
        if tag == "select":
            self._select = name
            form.choices[name] = []
        elif tag == "textarea":
            self._area = name
            form.add(name, "")
        elif tag == "option" and self._select:
            form.choices[self._select].append(values.get("value", ""))
            if "selected" in values or self._select not in form.fields:  # the first one, where none is selected
                form.fields[self._select] = [values.get("value", "")]
        elif tag == "button" and name:
            form.buttons.append((name, values.get("value", "")))
        elif tag == "input" and name and (values.get("type") not in ("checkbox", "radio") or "checked" in values):
            form.add(name, values.get("value", ""))
            if values.get("type") == "hidden":
                form.hidden.setdefault(name, []).append(values.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area][-1] += data.removeprefix("\r\n")  # as HTML says of the first line's end
        if self._open[-2:] == ["head", "title"]:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.errors.append(f"</{tag}> ends <{self._open[-1] if self._open else ''}>")
            if tag not in self._open:
                return
            while self._open[-1] != tag:
                self._open.pop()
        self._open.pop()
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)


def fields_of(page: str) -> dict[str, list[str]]:
    """The fields of the page's form, the one of a record, or else with the most of them: name → values."""
    return max((form.fields for form in Page(page).forms), key=lambda fields: ("version" in fields, len(fields)))
