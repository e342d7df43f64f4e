"""Pictures that a phone sends as a proof of delivery, made again from what is a picture in them; pure.

A signature is a PNG that is unpacked and packed again; of a photo's JPEG only what draws it is kept, so neither where it was
taken nor anything that hides in it.
"""

import struct
import zlib
from collections.abc import Iterator

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l

#: bytes that are taken, and pixels to each side
MOST_SIGNATURE, MOST_PHOTO = 200_000, 6 << 20
_WIDEST, _LARGEST = 2_000, 12_000
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
#: kind of colours → bytes of one pixel
_PIXEL = {0: 1, 2: 3, 4: 2, 6: 4}
#: of a JPEG: frames that browsers draw (baseline, extended, progressive); parts that say how it is drawn
_FRAMES = {0xC0, 0xC1, 0xC2}
_KEPT = _FRAMES | {0xC4, 0xDB, 0xDD, 0xEE}


def signature_of(data: bytes) -> bytes:
    """What is drawn, as PNG. Refused (Invalid): what isn't a PNG as a canvas gives it, more than MOST_SIGNATURE, nothing
    drawn."""
    wrong = Invalid(_l("The signature can't be read. Let it be drawn again."), field="signature")
    if len(data) > MOST_SIGNATURE or not data.startswith(_PNG):
        raise wrong
    try:
        chunks = list(_chunks(data))
        width, height, depth, colours, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
        if chunks[0][0] != b"IHDR" or (depth, *rest) != (8, 0, 0, 0) or not (0 < width <= _WIDEST >= height > 0):
            raise wrong
        size = height * (1 + width * _PIXEL[colours])
        unpack = zlib.decompressobj()
        rows = unpack.decompress(b"".join(body for name, body in chunks if name == b"IDAT"), size + 1)
    except (struct.error, zlib.error, KeyError, IndexError) as error:
        raise wrong from error
    if len(rows) != size or not unpack.eof:
        raise wrong
    if not any(rows):
        raise Invalid(_l("Nothing is drawn. Let it be signed, or leave it out."), field="signature")
    packed = zlib.compress(rows, 9)
    return _PNG + b"".join(_chunk(*each) for each in ((b"IHDR", chunks[0][1]), (b"IDAT", packed), (b"IEND", b"")))


def photo_of(data: bytes) -> bytes:
    """The photo, as JPEG. Refused (Invalid): what isn't one, more than MOST_PHOTO."""
    if len(data) > MOST_PHOTO:
        raise Invalid(_l("A photo can have %(n)d MB at most.", n=MOST_PHOTO >> 20), field="photo")
    wrong = Invalid(_l("The photo can't be read. Take it again, as JPEG."), field="photo")
    if not data.startswith(_JPEG):
        raise wrong
    try:
        return _JPEG + b"".join(_segments(data)) + b"\xff\xd9"
    except (struct.error, IndexError, ValueError) as error:
        raise wrong from error


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        yield name, body
        if name == b"IEND":
            return
        at += 12 + size


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _segments(data: bytes) -> Iterator[bytes]:
    """What draws the photo, until its end. Raises ValueError, IndexError or struct.error where that can't be."""
    at, frames, scans = 2, 0, 0
    while True:
        if data[at] != 0xFF:
            raise ValueError
        while data[at + 1] == 0xFF:
            at += 1
        marker = data[at + 1]
        if marker == 0xD9:
            if not (frames == 1 and scans):
                raise ValueError
            return
        (size,) = struct.unpack(">H", data[at + 2 : at + 4])
        end = at + 2 + size
        if size < 2 or end > len(data):
            raise ValueError
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            frames += 1
            if not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
                raise ValueError
        if marker == 0xDA:
            scans += 1
            end = _end_of_scan(data, end)
        if marker in _KEPT or marker == 0xDA:
            yield data[at:end]
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker is that doesn't belong to the drawn data."""
    while True:
        at = data.index(b"\xff", at)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
