"""The handlers of jobs about tickets."""
