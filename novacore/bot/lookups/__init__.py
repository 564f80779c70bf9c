"""What the handlers of presses and commands read from the database, a file for each noun. Never writes."""
