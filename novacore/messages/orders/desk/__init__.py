"""Pages of the staff's desk: a customer, the notes about them, and orders to choose from."""
