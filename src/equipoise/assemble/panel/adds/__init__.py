"""The additions, a family a module; each module has a tuple ``ADDS``, and nothing is read on import."""
