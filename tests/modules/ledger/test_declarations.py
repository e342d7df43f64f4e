"""What a register may not be declared as, and what its declaration makes."""

import pytest
from own_registers import declared
from sqlalchemy import inspect

from app.ledger import Register, Totals, dimension, end, exact
from app.values import Quantity


def test_totals_of_transfers_are_by_an_end_at_least() -> None:
    """By a thing alone every transfer comes from where it goes, and nothing would ever count."""
    with declared(), pytest.raises(TypeError, match=r"own\.moves\.of_things is by no end"):

        class Moves(Register):
            name = "own.moves"
            thing = dimension(None)
            bin = end()
            quantity = exact(Quantity)
            of_things = Totals(by=("thing",))


def test_a_declaration_makes_a_table_of_entries_and_per_totals_what_it_is_kept_in() -> None:
    with declared() as own:
        flow = own.Flow
        assert [t.name for t in flow.totals] == ["in_bins", "in_houses", "promised", "in_work"]
        assert flow.is_transfer
        assert not own.Debts.is_transfer
        assert "side" not in flow.columns
        assert "side" in own.Debts.columns
        assert [c.name for c in flow.in_bins.table.primary_key] == ["organisation_id", "thing_id", "bin_id"]
        assert [c.name for c in own.Debts.balance.months.columns] == [
            *("organisation_id", "party_id", "currency", "month"),
            *("amount_in", "amount_out", "base_in", "base_out"),
        ]
        assert (flow.promised.months, flow.in_work.months) == (None, None)
        assert [i.name for i in flow.promised.table.indexes] == ["ix_own_flow_promised_total_open"]
        keys = {k.column.table.name for k in flow.entries.foreign_keys}
        assert keys == {"core_organisation", "core_document"}
    assert not [name for name in Register.declared if name.startswith("own.")]
    assert not [name for name in inspect(flow.entries).metadata.tables if name.startswith("own_")]
