"""Sales figures: periods, daily roll-ups, and the reports made from them."""
