"""Statements held against orders. Nothing here decides, books or stores anything."""
