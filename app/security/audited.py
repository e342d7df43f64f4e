"""Which values of the audit are open to whom: by the rights that hold everywhere else."""

from functools import cache

from app.audit import AuditChange, AuditValue
from app.security.actor import Actor
from app.security.policy import Scoped


def closed_to(actor: Actor) -> frozenset[str]:
    """The nouns that rights are named for, and of which the actor has none."""
    return _guarded() - {_noun(right) for right in (*actor.permissions, *actor.dormant)}


@cache
def _guarded() -> frozenset[str]:
    from app.core_module import module as core  # what is declared rests on what stands here
    from app.registry.discovery import discover

    manifests = (core, *(m.manifest for m in discover().values() if m.manifest))
    return frozenset(_noun(permission.name) for manifest in manifests for permission in manifest.permissions)


def _noun(right: str) -> str:
    return right.rpartition(".")[0]


AuditValue.closed_to = staticmethod(closed_to)
# They stand below whoever has scopes, as the audit's lines do; they are held to the same policy.
Scoped._scoped += [AuditChange, AuditValue]
