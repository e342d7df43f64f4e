"""PDF: what documents and registers say on paper, set by Typst from templates in files.

What is printed arrives as data and never becomes part of a template's source. Values are written in the reader's language
before that; whatever is closed to the reader has come masked from the query already.
"""

from app.printing.compiling import MOST_LINES, Printing, pdf_of, pdfs_of, pictures_of
from app.printing.forms import Form, form_pdf, form_printing, letterhead
from app.printing.papers import paper_pdf, paper_printing, value_text
from app.printing.words import amount_in_words

__all__ = [
    "MOST_LINES",
    "Form",
    "Printing",
    "amount_in_words",
    "form_pdf",
    "form_printing",
    "letterhead",
    "paper_pdf",
    "paper_printing",
    "pdf_of",
    "pdfs_of",
    "pictures_of",
    "value_text",
]
