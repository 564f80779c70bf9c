"""Everything people read about a ticket, from the panel to the transcript."""
