"""The documented behaviours of Aura that a call can meet: one function for each requirement, named as it is."""
