"""Composition root: the only room that picks concrete classes and joins them.

Called by cli. Holds no rule of Argo and no loop over a run.
"""

from argotui.bootstrap.driving import drive_folder as drive_folder
from argotui.bootstrap.driving import drive_here as drive_here
from argotui.bootstrap.driving import launch_driver as launch_driver
from argotui.bootstrap.driving import launch_run as launch_run
from argotui.bootstrap.places import Place as Place
from argotui.bootstrap.places import look_up as look_up
from argotui.bootstrap.places import make_runtime as make_runtime
from argotui.bootstrap.places import told as told
from argotui.bootstrap.reaching import end_all as end_all
from argotui.bootstrap.reaching import is_left_open as is_left_open
from argotui.bootstrap.reaching import open_shell as open_shell
from argotui.bootstrap.reaching import port_of as port_of
from argotui.bootstrap.reaching import reach as reach
from argotui.bootstrap.starting import assemble as assemble
from argotui.bootstrap.starting import create_run as create_run
from argotui.bootstrap.starting import first_event as first_event
