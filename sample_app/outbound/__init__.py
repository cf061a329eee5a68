"""What every outgoing call shares, whichever dependency it goes to."""
