"""The proof that every check can fail: ``prove`` serves each seeded fault, ``matrix`` says what all of it shows."""
