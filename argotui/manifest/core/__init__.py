"""The shapes of what a manifest only carries: pods, volumes, artifact locations. Pure tables, and
one reader of them. Called by decode.py and schema.py.
"""
