"""The vocabulary: what is on GitLab and in the team (facts), and what is decided about it. Values only, all frozen."""
