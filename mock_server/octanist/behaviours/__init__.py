"""The documented behaviours of Octanist that a call can meet: one function for each requirement, named as it is."""
