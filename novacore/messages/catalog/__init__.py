"""The shop window for customers, and the pages with which the owner keeps catalogue and stock."""
