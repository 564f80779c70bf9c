"""What is taken off an order: codes as the owner keeps them, what an order comes to, and how often a code counts."""
