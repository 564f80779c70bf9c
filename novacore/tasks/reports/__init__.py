"""The handlers of jobs that make reports and exports."""
