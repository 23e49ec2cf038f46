/* Packed texts (lib/shop/packed.h, lib/adapter/deflate.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/shop/packed.h"

static struct arena arena;

static void assert_comes_back(const char *text)
{
    struct deflated packed = packed_text(&arena, text);
    assert_string_equal(packed_read(&arena, packed, "a test"), text);
}

static void texts_come_back(void **state)
{
    (void)state;
    static char text[300000];
    assert_comes_back("");
    assert_comes_back("a");
    unsigned seed = 1;
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        seed = seed * 1103515245 + 12345;
        text[i] = (char)(1 + (seed >> 16) % 255);
    }
    assert_comes_back(text);
    for (size_t length = 16383 * 3 + 2; length > 16383 * 3 - 3; length--) {
        text[length] = '\0'; /* what is read at once, to the byte */
        assert_comes_back(text);
    }
    memset(text, 'x', sizeof text - 1);
    assert_comes_back(text);
}

static void an_event_of_the_gateway_takes_a_quarter(void **state)
{
    (void)state;
    static const char event[] =
        "{\"id\":\"evt_3MtwBw\",\"object\":\"event\",\"created\":1680064028,"
        "\"data\":{\"object\":{\"id\":\"pi_3MtwBw\",\"object\":"
        "\"payment_intent\",\"amount\":2000,\"amount_received\":2000,"
        "\"capture_method\":\"automatic_async\",\"currency\":\"eur\","
        "\"livemode\":false,\"payment_method\":\"pm_card_visa\","
        "\"payment_method_types\":[\"card\"],\"status\":\"succeeded\"}},"
        "\"livemode\":false,\"type\":\"payment_intent.succeeded\"}";
    assert_in_range(packed_text(&arena, event).length, 1, strlen(event) / 3);
}

/* As the first program that packed wrote it: its dictionary stays. */
static void what_was_packed_once_can_be_read(void **state)
{
    (void)state;
    static const unsigned char first[] = {88,  164, 99,  186, 107, 179, 67,
                                          52,  238, 177, 245, 244, 177, 53,
                                          215, 0,   200, 240, 17,  241};
    assert_string_equal(
        packed_read(&arena, (struct deflated){first, sizeof first}, "a test"),
        "{\"object\":\"checkout.session\",\"status\":\"succeeded\"}");
}

static void what_is_no_packed_text_is_refused(void **state)
{
    (void)state;
    struct deflated packed = packed_text(&arena, "{\"status\":\"succeeded\"}");
    unsigned char bytes[256];
    assert_true(packed.length < sizeof bytes);
    for (size_t length = 0; length < packed.length; length++)
        assert_null(packed_read(&arena, (struct deflated){packed.bytes, length},
                                "a test"));
    for (size_t i = 0; i < packed.length; i++) {
        memcpy(bytes, packed.bytes, packed.length);
        bytes[i] ^= 0x55;
        assert_null(packed_read(&arena, (struct deflated){bytes, packed.length},
                                "a test"));
    }
    assert_null(deflate_read(&arena, "another dictionary", packed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_back),
        cmocka_unit_test(an_event_of_the_gateway_takes_a_quarter),
        cmocka_unit_test(what_was_packed_once_can_be_read),
        cmocka_unit_test(what_is_no_packed_text_is_refused),
    };
    arena = arena_create((size_t)64 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_destroy(&arena);
    return failed;
}
