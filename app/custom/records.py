"""Records that can have custom fields, and what they say in them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy.orm import object_session

from app.custom.queries import open_fields
from app.db import Base


class Customised:
    """Mixed into models whose records can have custom fields; each has `values`, its rows of the model's `CustomValue`."""

    #: what people call one
    title: ClassVar[object]

    @classmethod
    def custom_subject(cls) -> str:
        """What its fields are declared for: `module.noun`, as its table is called. A model with several kinds says which."""
        return str(cls.__tablename__.replace("_", ".", 1))  # type: ignore[attr-defined]

    @property
    def custom(self) -> Mapping[str, Any]:
        """What the record says in the fields that are open to its session's actor, by key; None where it says nothing."""
        session: Any = object_session(self)
        fields = open_fields(session, self.custom_subject()) if session is not None else ()
        values: Any = self.values if fields else ()  # type: ignore[attr-defined]
        said = {value.field_id: value for value in values}
        return {f.key: getattr(said[f.id], f.column) if f.id in said else None for f in fields}


def subjects() -> dict[str, type[Customised]]:
    """What can have custom fields, of all installed modules: subject → its model."""
    models = [
        m.class_ for m in Base.registry.mappers if issubclass(m.class_, Customised) and not m.polymorphic_abstract
    ]
    return {model.custom_subject(): model for model in models}
