"""The contacts' kinds of documents. All are posted as they are recorded, by operations that know what they move."""

from app.api.documents import Kind
from modules.contacts.allocations import hold_lines
from modules.contacts.models import Adjustment, Allocation, Payment
from modules.contacts.money.adjustment_paper import adjustment_paper
from modules.contacts.money.kinds import OTHER_PAYMENT, TRANSFER
from modules.contacts.money.models import Revaluation
from modules.contacts.money.revaluation import revaluation_paper
from modules.contacts.penalties.models import Penalty
from modules.contacts.penalties.paper import penalty_paper
from modules.contacts.prints import allocation_paper, payment_paper

__all__ = ["ADJUSTMENT", "ALLOCATION", "OTHER_PAYMENT", "PAYMENT", "PENALTY", "REVALUATION", "TRANSFER"]

PAYMENT = Kind(Payment, paper=payment_paper)
ALLOCATION = Kind(Allocation, reversing=hold_lines, paper=allocation_paper)
ADJUSTMENT = Kind(Adjustment, paper=adjustment_paper)
REVALUATION = Kind(Revaluation, paper=revaluation_paper)
PENALTY = Kind(Penalty, paper=penalty_paper)
