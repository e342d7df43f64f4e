"""The pages of documents of any kind: list, form, view, paper."""
