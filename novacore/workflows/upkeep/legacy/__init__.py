"""Brings in the products and orders of an older shop, a chunk a transaction. `novacore.legacy` reads them.

What came in is remembered by its old id, in the transaction that stored it: a second run, or one after a kill, adds
only what is missing. Old orders are history: they take no units, and nothing is sent to anyone for them.
"""
