"""The documented behaviours of Vorel that a call can meet: one function for each requirement, named as it is."""
