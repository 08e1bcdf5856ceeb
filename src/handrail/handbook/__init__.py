"""What should be: the team's workflow as data, read with every error at once, compiled and cached."""
