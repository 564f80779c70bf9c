"""Payment references and the ledger."""
