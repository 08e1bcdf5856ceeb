"""`python -m handrail`: the command line."""

from handrail.app import main

main()
