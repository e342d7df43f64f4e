"""Pictures of deliveries are made again: what draws them stays, what hides in them goes, and others are refused."""

import struct
import zlib

import pytest

from app.errors import Invalid
from modules.trade.parcels.pictures import MOST_SIGNATURE, photo_of, signature_of

START = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(rows: bytes, width: int = 2, height: int = 1, colours: int = 6, more: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0))
    return START + head + more + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


DRAWN = b"\x00" + b"\x11\x11\x11\xff" + bytes(4)
FRAME = b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"


def jpeg(*parts: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xd9"


def test_a_signature_loses_what_is_not_drawn() -> None:
    sent = png(DRAWN, more=chunk(b"tEXt", b"Comment\x00<script>")) + b"more behind it"
    assert signature_of(sent) == png(DRAWN)
    assert b"script" not in signature_of(sent)


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"GIF89a",
        START,
        png(DRAWN)[:40],
        png(DRAWN, colours=3),
        png(DRAWN, width=3),
        png(DRAWN + b"\x00"),
        png(DRAWN, width=1 << 30),
        png(bytes(9)),
        png(bytes(1 << 27), width=2000, height=2000),
        START + b"x" * MOST_SIGNATURE,
    ],
)
def test_what_is_not_a_signature_is_refused(wrong: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        signature_of(wrong)
    assert refusal.value.field == "signature"


def test_a_photo_loses_where_it_was_taken() -> None:
    place = b"\xff\xe1\x00\x0aExif\x00GPS"
    drawn = b"\x12\xff\x00\x34\xff\xd3\x56"
    assert photo_of(jpeg(place, FRAME, SCAN, drawn) + b"PK\x03\x04") == jpeg(FRAME, SCAN, drawn)


@pytest.mark.parametrize(
    "wrong",
    [b"\xff\xd8", jpeg(), jpeg(FRAME), jpeg(SCAN, b"\x01"), jpeg(FRAME, SCAN, b"\x01")[:-2], START, b"\xff\xd8<html>"],
)
def test_what_is_not_a_photo_is_refused(wrong: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        photo_of(wrong)
    assert refusal.value.field == "photo"
