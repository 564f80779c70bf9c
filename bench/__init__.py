"""Measurements side by side in one run, as ratios. `make bench` prints them; no test depends on a time."""
