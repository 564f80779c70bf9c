"""A ticket's transcript, as a page and as plain text, from what was said to the two files."""
