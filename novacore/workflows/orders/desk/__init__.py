"""What staff look up and write down at their desk: customers, notes, and orders by what is known of them."""
