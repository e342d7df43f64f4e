"""The core's faces, one per subject: all that modules import of the core. What isn't here may change without notice."""
