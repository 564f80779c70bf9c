"""What every message is made of: layout, words, custom ids, signatures, progress bars, short notices."""
