"""What customers read of a way to pay."""
