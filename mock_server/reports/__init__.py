"""What ``lead-mock coverage`` prints: one module for each format, all made from the same document."""
