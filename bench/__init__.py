"""How far the program is from hand-written SQL that leaves the same rows: workloads, floors, and a table of ratios."""
