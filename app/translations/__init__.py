"""The program's texts in Russian and Vietnamese; English is in the code. Modules keep theirs in folders of their own."""
