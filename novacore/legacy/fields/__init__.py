"""Reads one field of an old shop's row: amounts, moments, flags, plain values."""
