"""The languages inside strings: tags, expressions, when, depends, JSONPath, Go's formats.

Pure: no I/O, no clock. Called by manifest, pods and engine.
"""
