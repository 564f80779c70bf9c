"""Alembic's folder: how the schema came to be, a step a file."""
