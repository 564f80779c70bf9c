"""The buttons, selects and forms of orders, for customers and for staff."""
