"""The handlers of jobs about products, stock and the panel."""
