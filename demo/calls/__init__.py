"""The calls of the shipped definitions, each small, from its upload to its results: who applies, what officers set."""
