"""What a document says on paper, and PDF."""

from app.documents import Fact, Paper, PaperColumn, Print, Total
from app.printing import Form, Printing, amount_in_words, form_pdf, letterhead, paper_pdf, pdf_of, value_text

__all__ = [
    "Fact",
    "Form",
    "Paper",
    "PaperColumn",
    "Print",
    "Printing",
    "Total",
    "amount_in_words",
    "form_pdf",
    "letterhead",
    "paper_pdf",
    "pdf_of",
    "value_text",
]
