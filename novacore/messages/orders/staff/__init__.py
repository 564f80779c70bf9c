"""What staff read about orders: the review card, lists, alerts, contests, and the whole story."""
