"""A module that fails half-way, with tables, a kind of document and a register declared already."""

from app.api.module import Module

module = Module(name="raises_in_models", title="Half declared", version="1.0", requires=("warehouse",))
