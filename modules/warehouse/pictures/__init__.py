"""Pictures of items: sent by people, shown only as the program has made them again (ADR 89)."""
