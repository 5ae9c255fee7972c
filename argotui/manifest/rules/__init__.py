"""What Argo refuses, rule by rule, in its words, and what it takes and then does otherwise.

Called by manifest/validate.py. Argo: 6, 8.
"""
