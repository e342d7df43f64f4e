"""Reading workbooks, in a process of their own: XLSX, XLS and ODS, each by a reader that says what its cells hold.

It knows nothing of the rest of the program, so that the process starts at once; `app.importing.files` starts it.
"""
