"""Work done by pods and objects of a cluster that a kubeconfig reaches.

Built by bootstrap. Only this folder knows the package kubernetes, and only client.py imports it.
"""
