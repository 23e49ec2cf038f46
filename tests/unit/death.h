/* For tests of what ends the process: runs a function in a child and looks at
 * how it died. The child never comes back into the test. */
#ifndef TESTS_UNIT_DEATH_H
#define TESTS_UNIT_DEATH_H

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs act(argument) in a child with its stderr in text; gives its exit
 * status, or 256 plus the signal that ended it. */
static inline int death_run(void (*act)(void *), void *argument, char *text,
                            size_t size)
{
    int pipe_fd[2];
    assert_int_equal(pipe(pipe_fd), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(pipe_fd[1], STDERR_FILENO);
        close(pipe_fd[0]);
        close(pipe_fd[1]);
        act(argument);
        _exit(0);
    }
    close(pipe_fd[1]);
    size_t used = 0;
    for (;;) {
        ssize_t got = read(pipe_fd[0], text + used, size - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    text[used] = '\0';
    close(pipe_fd[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* act must die() with message on stderr. */
static inline void assert_dies(void (*act)(void *), void *argument,
                               const char *message)
{
    char text[8192];
    int status = death_run(act, argument, text, sizeof text);
    if (status != 1 || strstr(text, message) == NULL)
        fail_msg("wanted exit 1 with \"%s\", got %d with: %s", message, status,
                 text);
}

#endif
