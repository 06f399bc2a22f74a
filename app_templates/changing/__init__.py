"""What changes between two states of an app, and three states merged into one."""
