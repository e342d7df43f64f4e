"""Every hook, in one place: what modules are called for, when, with what, and what an error does.

A module takes part by a function of the hook's name in its `hooks.py`. *Effect* hooks run inside the transaction, modules
that are required first; an error aborts the whole. A module that is switched off is called all the same: its registers
stay true.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Effect:
    """A hook that runs inside the transaction of whoever calls it."""

    name: str

    def __call__(self, session: Session, *arguments: Any) -> None:
        """Call the function of this name in every module that has one."""
        functions = session.info["database"].known.get("hooks")
        for function in functions(self.name) if functions is not None else ():
            function(*arguments)


#: `costs_changed(posting, changes)`: recosting has found that moves of goods in the books cost otherwise than they were
#: booked at. Each of `changes` names the document and line, by how much the cost differs (units of 10**-4 of the
#: organisation's currency), when the move happened and which document caused it. Called before the posting is written.
costs_changed = Effect("costs_changed")

#: `period_closing(session, until)`: somebody is about to close the books up to and including a day. A module whose figures are
#: not settled yet refuses (Conflict), and the period stays open.
period_closing = Effect("period_closing")

#: `document_reversing(session, actor, document)`: a posted document is about to be reversed by an actor who may do so; its row
#: is locked and none of its entries has been answered yet. Called for every kind, before the document's own module acts. A
#: module that keeps something built on the document undoes it here, whatever the actor's rights to that are; an error aborts
#: the reversal.
document_reversing = Effect("document_reversing")

#: `document_correcting(session, document)`: a posted document is about to say something else. A module forgets what it keeps of
#: the document beside the ledger and would write again with its entries; an error aborts the correction.
document_correcting = Effect("document_correcting")

#: `document_corrected(session, document)`: a posted document says something else, and its entries are written again. A module
#: refuses (NoLongerFits) where something of its own rests on the document and no longer fits.
document_corrected = Effect("document_corrected")
