"""argotui: run and monitor Argo Workflows in the terminal."""

__version__ = "0.1.0"
