"""The line grid and the look-ups: what is typed line by line, and records chosen by typing. It is ours, and this is its home.

Two halves that read, compute and refuse alike; the server decides. A change of one is a change of the other:

| here                | in the browser (`app/web/static/js/lines`) | what                                                     |
|---------------------|--------------------------------------------|----------------------------------------------------------|
| `field.py`          | `grid.js`, `judge.js`                      | the cells of a document's lines; what is wrong in which  |
| `numerals.py`       | `exact.js`                                 | numbers as people of each language type them             |
| (a kind's rules)    | `sums.js`, `exact.js`                      | what lines come to, rounded once                         |
| (a module's answer) | `proposals.js`                             | what is proposed for lines: `LinesField.propose_at`      |
| `packings.py`       | `packings.js`                              | quantities that are typed in packings                    |
| `lookup_field.py`   | `lookup-field.js`                          | one record in a form                                     |
| `lookups.py`        | `offers.js`, `paste.js`                    | what is offered for a text, and for many codes at once   |
| `matrices.py`       | `matrix.js`                                | many lines typed at once, in a grid of sizes by colours  |

The page's part is the macro in `templates/line_grid.html`. Tests of this half: `tests/unit/lines`, `tests/modules/web/lines`;
of the other: `tests/browser/lines`, where `test_numbers.py` holds the two together.
"""
