"""Fields of forms and lists with something hostile among them, and how they are sent."""

import json
import random
from urllib.parse import quote_from_bytes

from werkzeug.datastructures import Headers

from tests.faults import hostile

Fields = list[tuple[str, str | bytes]]

#: What lists, forms and pages ask for by name.
ASKED = (
    *(
        "q",
        "order",
        "after",
        "before",
        "limit",
        "as",
        "at",
        "state",
        "since",
        "until",
        "kind",
        "place",
        "contact",
        "group",
        "active",
    ),
    *(
        "copy",
        "of",
        "kept",
        "next",
        "code",
        "day",
        "up_to",
        "what",
        "tab",
        "version",
        "operation",
        "currency",
        "csrf_token",
        "custom",
    ),
)
_FORMS = ("as", "xlsx"), ("as", "json"), ("order", "-moment"), ("limit", "500")


def arguments(chance: random.Random) -> Fields:
    given: Fields = [(chance.choice(ASKED), chance.choice(hostile.VALUES)) for _ in range(chance.choice((1, 1, 2, 4)))]
    if chance.random() < 0.2:
        given.append(chance.choice(_FORMS))
    return given


def spoilt(chance: random.Random, fields: Fields) -> Fields:
    """The fields with something hostile in one to three of them: instead, twice, missing, or under another name."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not fields or chance.random() < 0.1:
            fields.append((chance.choice(ASKED), chance.choice(hostile.VALUES)))
            continue
        at = chance.randrange(len(fields))
        name, value = fields[at]
        if name == "lines" and chance.random() < 0.8:
            fields[at] = name, _spoilt_lines(chance, str(value))
            continue
        way = chance.randrange(8)
        if way == 0:
            del fields[at]
        elif way == 1:
            fields.append((name, chance.choice(hostile.VALUES)))
        elif way == 2:
            fields.append((str(chance.choice(hostile.VALUES[:60]))[:200], value))
        else:
            fields[at] = name, chance.choice(hostile.VALUES)
    return fields


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def encoded(fields: Fields) -> str:
    return "&".join(f"{quote_from_bytes(_bytes(name))}={quote_from_bytes(_bytes(value))}" for name, value in fields)


def multipart(chance: random.Random, fields: Fields, headers: Headers) -> bytes:
    headers["Content-Type"] = "multipart/form-data; boundary=kontor"
    parts = [b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (_bytes(n), _bytes(v)) for n, v in fields]
    name, content = _bytes(chance.choice(hostile.NAMES)), chance.choice(hostile.FILES)
    parts.append(b'Content-Disposition: form-data; name="files"; filename="%s"\r\n\r\n%s' % (name, content))
    end = b"" if chance.random() < 0.1 else b"\r\n--kontor--\r\n"
    return b"--kontor\r\n" + b"\r\n--kontor\r\n".join(parts) + end


def _spoilt_lines(chance: random.Random, text: str) -> str:
    """The lines of a document with something else in the place of one or two of their values, or around them."""
    try:
        lines = json.loads(text)
    except ValueError:
        lines = []
    if not lines:
        lines = [{"item_id": "1", "quantity": "1", "price": "2.5"}]
    for _ in range(chance.choice((1, 1, 2))):
        line = chance.choice(lines)
        if not isinstance(line, dict):
            break
        name = chance.choice(
            [*line, "item_id", "quantity", "price", "discount", "tax_rate", "origin", "text", "x" * 70]
        )
        line[name] = chance.choice(hostile.LEAVES)
    shape = chance.randrange(12)
    if shape == 0:
        lines = lines * 400
    elif shape == 1:
        lines = chance.choice((lines[0], [lines], [None], {"lines": lines}, "lines", 1e400))
    return json.dumps(lines)
