"""Many PDFs as one, in their order."""

import io
from collections.abc import Iterable


def joined(pdfs: Iterable[bytes]) -> bytes:
    """One PDF of all pages; at least one is given. What is alike in them, such as fonts, is kept once."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for pdf in pdfs:
        writer.append(io.BytesIO(pdf), import_outline=False)
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
