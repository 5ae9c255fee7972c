"""The terminal UI: shows and steers one run through a RunPort. Called by bootstrap and cli.

Only `app`, `feed`, `screens` and `widgets` import Textual; everything else here is pure.
"""
