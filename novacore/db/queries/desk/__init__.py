"""Questions of the staff's desk: about one customer, notes, orders by what is known of them, and who did how much."""
