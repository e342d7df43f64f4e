"""A module whose manifest bears another name than its entry point."""

from app.api.module import Module

module = Module(name="somebody_else", title="Misnamed", version="1.0")
