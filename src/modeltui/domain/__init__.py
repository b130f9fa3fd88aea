"""The rules as plain functions and values: no files, no database, no screens."""
