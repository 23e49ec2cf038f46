/* Waking another program (lib/base/system/wake.h). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "lib/base/system/wake.h"
#include "tests/unit/death.h"
#include "tests/unit/scratch.h"

static bool readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 1;
}

static char heard[64];

static void hear(void *own, const char *message)
{
    (void)own;
    snprintf(heard + strlen(heard), sizeof heard - strlen(heard), "%s;",
             message);
}

static int drain(int fd)
{
    return wake_drain(fd, NULL, NULL);
}

static void send_far(void *argument)
{
    char path[300];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    wake_send(*(int *)argument, path, "!");
}

static void a_sleeper_wakes_until_drained(void **state)
{
    (void)state;
    char folder[SCRATCH_SIZE];
    char path[SCRATCH_SIZE + 10];
    scratch_make(folder);
    snprintf(path, sizeof path, "%s/w.sock", folder);
    int sender = wake_sender();
    wake_send(sender, path, "nobody there");
    int fd = wake_listen(path);
    assert_false(readable(fd));
    drain(fd);
    wake_send(sender, path, "hello");
    assert_true(readable(fd));
    char got[16] = "";
    assert_int_equal(recv(fd, got, sizeof got, 0), 5);
    assert_string_equal(got, "hello");
    wake_send(sender, path, "3");
    wake_send(sender, path, "250");
    assert_int_equal(drain(fd), 253);
    assert_int_equal(drain(fd), 0);
    wake_send(sender, path, "token 7");
    wake_send(sender, path, "1");
    wake_send(sender, path, "token 12");
    assert_int_equal(wake_drain(fd, hear, NULL), 1);
    assert_string_equal(heard, "token 7;token 12;");
    /* Far more than a queue holds: the sender never waits. */
    for (int i = 0; i < 10000; i++)
        wake_send(sender, path, "!");
    assert_true(readable(fd));
    drain(fd);
    assert_false(readable(fd));

    int next = wake_listen(path);
    wake_send(sender, path, "!");
    assert_true(readable(next));
    assert_false(readable(fd));
    close(next);
    wake_send(sender, path, "!");
    assert_dies(send_far, &sender, "path too long for a socket");
    close(fd);
    close(sender);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sleeper_wakes_until_drained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
