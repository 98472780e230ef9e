"""The intake desk: the only place where submissions are read."""
