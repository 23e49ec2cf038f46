/* Where the local gateway may send its events
 * (cgi-bin/gateway/endpoint/endpoint.h). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cgi-bin/gateway/endpoint/endpoint.h"

enum { NEVER = -1 };

static const struct {
    const char *url;
    int reach;
} cases[] = {
    {"http://127.0.0.1:9/x", TRANSFER_LOOPBACK},
    {"http://127.1:9/x", TRANSFER_LOOPBACK},
    {"http://localhost/x", TRANSFER_LOOPBACK},
    {"http://LOCALHOST/x", TRANSFER_LOOPBACK},
    {"https://[::1]:9/x", TRANSFER_LOOPBACK},
    {"http://hooks.example/x", TRANSFER_ANYWHERE},
    {"https://Hooks.Example:444/", TRANSFER_ANYWHERE},
    {"http://10.0.0.7/", TRANSFER_ANYWHERE},
    {"http://[fd00::7]/", TRANSFER_ANYWHERE},
    {"https://shop.example/webhooks/stripe", TRANSFER_ANYWHERE},
    {"https://shop.example/webhooks/other", NEVER},
    {"http://10.0.0.70/", NEVER},
    {"http://169.254.169.254/latest/meta-data", NEVER},
    {"http://hooks.example.other/", NEVER},
    {"http://x.hooks.example/", NEVER},
    {"HTTP://hooks.example", TRANSFER_ANYWHERE},
    {"http://my_service:8000/", TRANSFER_ANYWHERE},
    {"http://hooks.example?x", TRANSFER_ANYWHERE},
    /* What different readers could take for different hosts. */
    {"http://127.0.0.1@10.0.0.1/", NEVER},
    {"http://hooks.example:80@10.0.0.1/", NEVER},
    {"http://hooks.example\\@10.0.0.1/", NEVER},
    {"http://10.0.0.1#@hooks.example/", NEVER},
    {"https://user:secret@hooks.example/", NEVER},
    {"http://hooks%2Eexample/", NEVER},
    {"http://hooks.example%00.other/", NEVER},
    {"http:hooks.example/", NEVER},
    {"http:///hooks.example/", NEVER},
    {"http://[hooks.example]/", NEVER},
    {"http://[::1/", NEVER},
    {"http://hooks.example\t/", NEVER},
    {"ftp://127.0.0.1/", NEVER},
    {"http://0x7f000001/", NEVER},
    {"", NEVER},
    {"http://127.0.0.1.example/", NEVER},
    {"http://0.0.0.0/", NEVER},
    {"http://[::ffff:10.0.0.1]/", NEVER},
    {"http://", NEVER},
};

static void only_this_machine_and_what_is_named(void **state)
{
    (void)state;
    struct arena arena = arena_create(1 << 20);
    const struct settings settings = {
        .base_url = "https://shop.example",
        .gateway_webhook_hosts = "hooks.example,10.0.0.7,fd00::7,my_service"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum transfer_reach reach;
        int found = endpoint_reach(&settings, cases[i].url, &reach, &arena)
                        ? (int)reach
                        : NEVER;
        if (found != cases[i].reach)
            fail_msg("%s: %d", cases[i].url, found);
    }
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_this_machine_and_what_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
