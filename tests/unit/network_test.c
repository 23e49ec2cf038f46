/* Whom an address stands for (lib/base/system/network.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/system/network.h"

static const struct {
    const char *address, *network;
} cases[] = {
    {"192.0.2.1", "192.0.2.1"},
    {"127.0.0.1", "127.0.0.1"},
    {"::ffff:192.0.2.1", "192.0.2.1"},
    {"::FFFF:c000:201", "192.0.2.1"},
    {"0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"},
    {"2001:db8:1:2::1", "2001:db8:1:2::"},
    {"2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"},
    {"2001:DB8:0001:2::", "2001:db8:1:2::"},
    {"2001:db8:1:3::1", "2001:db8:1:3::"},
    {"2001:db8::1:2:3:4", "2001:db8::"},
    {"2001:db8::5:1:2:3:4", "2001:db8:0:5::"},
    {"2001::3:0:0:0:1", "2001:0:0:3::"},
    {"::1", "::"},
    {"::", "::"},
    {"::192.0.2.1", "::"},
    {"fe80::1", "fe80::"},
    {"", ""},
    {"unix:", "unix:"},
    {"192.0.2.1.5", "192.0.2.1.5"},
    {"2001:db8:1:2::1/64", "2001:db8:1:2::1/64"},
    {"fe80::1%eth0", "fe80::1%eth0"},
    {"nobody", "nobody"},
};

static void an_address_stands_for_its_network(void **state)
{
    (void)state;
    char out[NETWORK_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(network_of(cases[i].address, out),
                            cases[i].network);
}

static void a_network_stands_for_itself(void **state)
{
    (void)state;
    char out[NETWORK_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(network_of(cases[i].network, out),
                            cases[i].network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_stands_for_its_network),
        cmocka_unit_test(a_network_stands_for_itself)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
