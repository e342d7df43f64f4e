"""The access matrix: what each role is let do on every route, tried, and held against what is declared."""
