"""Tables of orders and what belongs to them: payments, proofs, contests, vouches."""
