"""Support clocks: by when what came out upstream has to be supported, and whether it was. Pure, like the rules."""
