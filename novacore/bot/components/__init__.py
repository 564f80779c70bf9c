"""What buttons, selects and forms do. Each file has two tables, by noun and verb; the router reads them."""
