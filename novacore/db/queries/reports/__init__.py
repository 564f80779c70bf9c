"""Questions for reports and exports: what is added up, and what is written out row by row."""
