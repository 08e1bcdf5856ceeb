"""Who is on duty, when that changes, and what passes on: pure functions of a rotation's log and of calendars."""
