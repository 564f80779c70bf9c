"""Everything people read about an order, from the receipt to the vouch."""
