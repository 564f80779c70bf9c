"""A file of codes that the owner uploads: what kind it is, its rows, its heading, which columns are goods."""
