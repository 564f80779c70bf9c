"""Reads the SQLite file of an older NovaCore bot, says what is odd in it, has it brought in. The CLI calls `command`.

The file is never written to: `opening` opens it, `old_file` looks into it, `tables` and `columns` know what things were
called over the years. `values`, `prices`, `moments` and `flags` read single values, `goods` and `units` what is sold;
`products`, `orders` and `order_totals` judge a row, `shelf` knows what was read so far, `survey` puts it together and
`report` prints it.
"""
