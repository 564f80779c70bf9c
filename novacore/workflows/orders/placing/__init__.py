"""What is looked at when someone places an order: what the page promised, and what they hold without paying."""
