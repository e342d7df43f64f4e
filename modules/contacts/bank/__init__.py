"""Banks' files: what statements say, and what payment orders are written as. No database, no web: bytes in, values out."""
