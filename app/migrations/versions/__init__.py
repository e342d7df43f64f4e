"""The core's migrations, one file each, numbered without branches."""
