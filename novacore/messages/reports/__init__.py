"""Sales reports and exports, as the owner reads them."""
