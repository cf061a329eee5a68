"""How the harness reaches the service under test: servers it starts, a URL, or WSGI in a child process.

The doors: :func:`harness.targets.launch.launch` starts a service, :func:`harness.targets.control.launch_control`
a trivial application on the same server, and :mod:`harness.targets.instance` says what a started one can do.
Nothing is imported here: the control application and the agent are loaded into servers, and must cost them nothing.
"""
