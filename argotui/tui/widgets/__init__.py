"""The panes of the run screen. Each draws what it is given; none does I/O on the port."""
