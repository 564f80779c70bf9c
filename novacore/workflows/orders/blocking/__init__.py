"""What staff do about people who keep others from buying: the block list, and taking back what they hold."""
