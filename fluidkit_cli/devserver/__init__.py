"""Runs both servers as one: the supervisor, and what it starts inside the app's own Python."""
