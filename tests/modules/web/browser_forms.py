"""What a browser would send of the form that a page shows: also several values of one name, and only boxes that are ticked."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    """Collects the fields of every form."""

    def __init__(self) -> None:
        super().__init__()
        self._forms: list[dict[str, list[str]]] = []
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        if tag == "form":
            self._forms.append({})
        if not self._forms:
            return
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self._add(name, "")
        elif tag == "option" and ("selected" in values or self._select not in self._forms[-1]):
            self._forms[-1][self._select] = [values.get("value", "")]  # the first one, where none is selected
        elif tag == "input" and name and (values.get("type") not in ("checkbox", "radio") or "checked" in values):
            self._add(name, values.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._forms[-1][self._area][-1] += data.removeprefix("\r\n")  # as HTML says of the first line's end

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def _add(self, name: str, value: str) -> None:
        self._forms[-1].setdefault(name, []).append(value)

    @property
    def largest(self) -> dict[str, list[str]]:
        return max(self._forms, key=lambda fields: ("version" in fields, len(fields)))


def fields_of(page: str) -> dict[str, list[str]]:
    """The fields of the page's form, the one of a record, or else with the most of them: name → values."""
    form = _Form()
    form.feed(page)
    return form.largest
