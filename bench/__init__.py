"""Measurements of argotui: `make bench`, or `python -m bench [NAME...]`.

Standard library only beside argotui itself. Nothing here is asserted by a test: figures are for
people, printed with the machine they come from.
"""
