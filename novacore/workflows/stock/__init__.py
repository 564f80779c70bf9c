"""Units: put into stock, counted, reserved, sold, and who waits for them."""
