"""Exports: asked for, and made in parts."""
