"""Adapters that perform work. They know model/ and logs/ only, and never decide what comes next."""
