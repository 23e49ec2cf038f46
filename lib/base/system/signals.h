/* How every program of the house meets signals: it blocks them and reads them
 * from a file descriptor. A signal that interrupted a read would cut a request
 * short. */
#ifndef BASE_SYSTEM_SIGNALS_H
#define BASE_SYSTEM_SIGNALS_H

/* A non-blocking signalfd that is readable once TERM, INT or USR1 asked the
 * program to end. SIGPIPE and SIGXFSZ (a full quota) are ignored: the write
 * that caused them fails instead. HUP is ignored: the supervisor answers it. */
int signals_open(void);

#endif
