"""Reads the SQLite file of an older NovaCore bot, says what is odd in it, has it brought in. The CLI calls `command`.

The file is never written to: `old_file` opens it, `columns` knows what its columns were called over the years, `values`
reads a price, a date, a yes, `products` and `orders` judge a row, `survey` puts it together and `report` prints it.
"""
