"""What the bot does when it is ready: finds its server, tells Discord of the commands, posts the panels."""
