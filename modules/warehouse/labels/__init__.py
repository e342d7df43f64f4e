"""What labels of goods and bins have in common: their sizes, and codes that a scanner reads."""
