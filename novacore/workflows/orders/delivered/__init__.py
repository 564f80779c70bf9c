"""What goes on with an order once its goods are with the buyer."""
