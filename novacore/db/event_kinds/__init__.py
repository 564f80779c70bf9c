"""What events say besides who did what and when: a TypedDict for each trigger, by wing."""
