"""How requests come to the application: who listens, who waits for slow clients, who stands up again after an end (ADR 29)."""
