"""What goods are made of, how they are read from what an owner typed, and how they are masked."""
