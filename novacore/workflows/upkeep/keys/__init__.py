"""The keys to everything sealed: missing ones, rotation, marks, and what no key opens any more."""
