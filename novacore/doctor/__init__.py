"""The doctor: looks at every part of the shop and says what is wrong and how to fix it. Changes nothing.

`novacore doctor` (through `novacore.entry.check_up`) and the owner's `/doctor` call it. Each check is a small function
that yields findings; `examine` puts them in order.
"""
