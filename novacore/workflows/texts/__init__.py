"""The shop in its owner's words: what may be written, what is being written, and what is said."""
