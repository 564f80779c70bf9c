"""What is wrong in the books, one statement a question: (kind of subject, its id, a number or word of it)."""
