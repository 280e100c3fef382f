"""`dure demo`: both programmes from the call to the settlement, in simulated time."""


def demo():
    """x"""
