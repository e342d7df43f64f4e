"""Pictures of items: sent by people, shown only as the program has made them anew (ADR 89)."""
