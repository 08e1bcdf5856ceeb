"""What every screen says, the terminal and the browser alike: no output, no input, no clock."""
