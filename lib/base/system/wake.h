/* Waking another program at once, by a datagram socket in run/. A wake that
 * finds nobody is lost on purpose: a program that sleeps also looks by itself.
 */
#ifndef BASE_SYSTEM_WAKE_H
#define BASE_SYSTEM_WAKE_H

/* A non-blocking socket bound to path, in the place of any stale one. It is
 * readable when someone called wake_send. */
int wake_listen(const char *path);

/* Takes what came; gives the sum of the messages' numbers. A message of words
 * goes to words, which may be NULL. */
int wake_drain(int fd, void (*words)(void *own, const char *message),
               void *own);

/* fd is any non-blocking datagram socket, as wake_sender's; message is what
 * the datagram holds: how many things there are to look at. */
int wake_sender(void);
void wake_send(int fd, const char *path, const char *message);

#endif
