"""Named questions to the database. Each answers one screen or one job, and none of them decides anything."""
