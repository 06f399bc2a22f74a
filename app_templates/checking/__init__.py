"""What is wrong with apps before anything is installed: all of it at once, each fault at its place in its file."""
