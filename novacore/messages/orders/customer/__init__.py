"""What a customer reads about their order: the card, the goods, notes, and pages that only they see."""
