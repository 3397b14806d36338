"""A conformance suite for the Aura, Octanist and Vorel lead APIs."""
