"""Questions about orders and what belongs to them: proofs, contests, vouches, unpaid ones."""
