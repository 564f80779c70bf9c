"""The slash commands for the owner: reports, exports, and the doctor."""
