"""What the sandbox knows, from outside: leads that are put in, snapshots, and the file that a state is kept in."""
