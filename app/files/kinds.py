"""What a file is, by how it begins; pure. Nothing that a browser could run has a kind of its own: it is bytes."""

#: of whatever isn't known
BYTES = "application/octet-stream"
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
)


def media_type_of(beginning: bytes) -> str:
    """The media type of what begins so. Text, HTML, SVG and scripts are BYTES: they are kept, and nothing opens them here."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    if beginning[4:12] in (b"ftypheic", b"ftypmif1"):
        return "image/heic"
    return next((kind for begins, kind in _BEGINNINGS if beginning.startswith(begins)), BYTES)
