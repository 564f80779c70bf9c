"""Work on pictures and charts, in a child process or right here."""
