"""The screens: the run, and the sheets that come up from the bottom over it."""
