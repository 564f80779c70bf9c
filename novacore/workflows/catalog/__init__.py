"""Categories, products, and the drafts in which the owner writes them."""
