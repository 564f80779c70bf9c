"""What is remembered. Nothing here decides anything: tables, named queries, and the one place that commits."""
