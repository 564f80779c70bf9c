"""Splits the text of a file into rows: delimited, plain, JSON, blocks of lines."""
