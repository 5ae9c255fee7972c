/*
 * Waits, and collects children that nobody else waits for: process 1 of the node and, from an
 * image of its own, the process that keeps a pod's namespaces open. Ends on SIGINT and SIGTERM.
 */
#include <signal.h>
#include <unistd.h>

static void leave(int number)
{
	(void)number;
	_exit(0);
}

int main(void)
{
	struct sigaction end = {.sa_handler = leave};
	struct sigaction reap = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGCHLD, &reap, NULL);
	for (;;)
		pause();
}
