"""From findings to a plan: what is done, in which order, how much of it, how loud, and in which words."""
