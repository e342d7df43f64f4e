"""Pages, lists, forms and routes."""

from app.company import Company
from app.web.edge.request import current_actor, current_company, current_session, operation_id
from app.web.edge.routing import ANY, DOOR, PARTNER, PUBLIC, Routes
from app.web.kit.amounts import AmountField
from app.web.kit.cards import Card, Shown, show_card
from app.web.kit.choices import countries, country_named, currencies
from app.web.kit.comparison import show_refusal
from app.web.kit.custom_fields import with_custom_fields
from app.web.kit.documents.editing import tell_saved
from app.web.kit.documents.form import DocumentForm, LinesForm
from app.web.kit.documents.journal import document_address, journal, state_filter
from app.web.kit.documents.pages import address_of_all, declare_pages, show_document
from app.web.kit.documents.paper import paper_workbook
from app.web.kit.documents.previewing import is_back_from_preview, may_change_others, show_changes_first
from app.web.kit.documents.sheets import Sheet, sheet_pdf, sheet_title, sheets_of
from app.web.kit.file_names import named
from app.web.kit.forms import (
    DayField,
    DecimalField,
    Form,
    MomentField,
    VersionField,
    parse_decimal,
    required,
)
from app.web.kit.history import TimelinePage, timeline_of
from app.web.kit.home import MOST_COUNTED, Attention, FirstStep, HomeFigure, HomePart
from app.web.kit.lines.creating import Creates, after_made, begin_named
from app.web.kit.lines.field import Cell, Choice, Day, LinesField, Text
from app.web.kit.lines.lookup_field import LookupField
from app.web.kit.lines.lookups import ByCode, Lookup
from app.web.kit.lines.matrices import Matrices
from app.web.kit.lists import show_list
from app.web.kit.overview import AHEAD, LATE, OverviewFigure
from app.web.kit.pdf import in_asked_language, send_pdf
from app.web.kit.phones import PhoneField
from app.web.kit.queued import acted_ago, answer_act, exact, listed, read_said, whole
from app.web.kit.refusing import refusal_words
from app.web.kit.removable import changed_or_removed
from app.web.kit.seeing import note_card, note_rows
from app.web.kit.selects import FollowingField, SelectField
from app.web.kit.tables import Column, Filter, FoundIn, Link, Table, period_filters
from app.web.kit.timeline import Place, TimelineEntry, TimelineSource
from app.web.kit.workbook import send_workbook
from app.web.pages.guesses import secret_in_address, seldom

__all__ = [
    "AmountField",
    "AHEAD",
    "ANY",
    "Attention",
    "ByCode",
    "Card",
    "Cell",
    "Day",
    "Text",
    "Choice",
    "Column",
    "Company",
    "Creates",
    "DOOR",
    "DayField",
    "DecimalField",
    "DocumentForm",
    "Filter",
    "FoundIn",
    "FirstStep",
    "FollowingField",
    "Form",
    "HomeFigure",
    "HomePart",
    "LATE",
    "LinesField",
    "LinesForm",
    "Link",
    "Lookup",
    "LookupField",
    "MOST_COUNTED",
    "Matrices",
    "MomentField",
    "OverviewFigure",
    "PARTNER",
    "PUBLIC",
    "PhoneField",
    "Routes",
    "SelectField",
    "Sheet",
    "Shown",
    "Place",
    "Table",
    "TimelineEntry",
    "TimelinePage",
    "TimelineSource",
    "VersionField",
    "after_made",
    "acted_ago",
    "answer_act",
    "exact",
    "listed",
    "is_back_from_preview",
    "may_change_others",
    "paper_workbook",
    "read_said",
    "whole",
    "begin_named",
    "countries",
    "country_named",
    "changed_or_removed",
    "currencies",
    "current_actor",
    "current_company",
    "current_session",
    "address_of_all",
    "declare_pages",
    "document_address",
    "journal",
    "note_card",
    "note_rows",
    "operation_id",
    "parse_decimal",
    "refusal_words",
    "required",
    "in_asked_language",
    "secret_in_address",
    "seldom",
    "send_pdf",
    "named",
    "send_workbook",
    "sheet_pdf",
    "sheet_title",
    "sheets_of",
    "show_card",
    "show_changes_first",
    "show_document",
    "show_list",
    "show_refusal",
    "period_filters",
    "state_filter",
    "timeline_of",
    "tell_saved",
    "with_custom_fields",
]
