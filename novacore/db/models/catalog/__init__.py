"""Tables of what is for sale: products, drafts, stock, and who waits for it."""
