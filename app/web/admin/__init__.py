"""The administrators' pages, a file each: users, roles, modules, audit, imports, books, reference data."""
