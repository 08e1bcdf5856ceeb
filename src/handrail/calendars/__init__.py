"""Time off from people's own calendars, wherever on the public internet those are."""
