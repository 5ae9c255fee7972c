"""YAML text to a checked, closed workflow: value or problems, each with its place. Pure.

`load` reads, `check` judges what is to run (`validate` a single document), `resolve` closes.
"""
