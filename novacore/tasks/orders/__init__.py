"""The handlers of jobs about orders."""
