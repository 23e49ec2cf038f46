/* Signed links (lib/shop/order/link.h): a receipt's opens it until it expires,
 * and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/time/clock.h"
#include "lib/shop/order/link.h"
#include "lib/web/form.h"

static struct arena arena;
static struct settings settings = {.base_url = "https://shop.example"};
static unsigned char key[CRYPTO_KEY_SIZE] = "key";
static struct order order = {.order_id = "0190-1",
                             .track_token = "tOkEn-_1001",
                             .receipt_file = "0190-1.pdf"};

static int setup(void **state)
{
    (void)state;
    arena = arena_create(1 << 20);
    crypto_open();
    order.receipt_file = "0190-1.pdf";
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static enum link_check check(const char *file, const char *query)
{
    struct form form;
    const char *fault;
    if (!form_read(&arena, query, strlen(query), &form, &fault))
        return LINK_FORGED;
    return link_check_document(key, file, form_value(&form, "expires"),
                               form_value(&form, "signature"), &arena);
}

static char *fresh_query(void)
{
    const char *link = link_receipt(&settings, key, &arena, &order);
    static const char head[] = "https://shop.example/receipts/0190-1.pdf?";
    assert_non_null(link);
    assert_memory_equal(link, head, strlen(head));
    return arena_string(&arena, link + strlen(head));
}

static void a_fresh_link_opens_its_file_only(void **state)
{
    (void)state;
    char *query = fresh_query();
    assert_int_equal(check("0190-1.pdf", query), LINK_OK);
    assert_int_equal(check("0190-2.pdf", query), LINK_FORGED);
    assert_int_equal(check("0190-1.pdf.new", query), LINK_FORGED);
    assert_int_equal(check("", query), LINK_FORGED);
    int64_t expires_ms = strtoll(query + strlen("expires="), NULL, 10) * 1000;
    int64_t left_ms = expires_ms - clock_wall_ms();
    assert_in_range(left_ms, LINK_DOCUMENT_MS - 60000, LINK_DOCUMENT_MS);
}

static void one_changed_character_forges_it(void **state)
{
    (void)state;
    char *query = fresh_query();
    for (size_t i = 0; query[i] != '\0'; i++) {
        char *wrong = arena_string(&arena, query);
        wrong[i] = wrong[i] == '7' ? '8' : '7';
        if (check("0190-1.pdf", wrong) != LINK_FORGED)
            fail_msg("%s", wrong);
        wrong[i] = '\0';
        assert_int_equal(check("0190-1.pdf", wrong), LINK_FORGED);
    }
    static const char *const tails[] = {"x", "&expires=1", "&signature=x", "%",
                                        "%00"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
        assert_int_equal(
            check("0190-1.pdf", arena_printf(&arena, "%s%s", query, tails[i])),
            LINK_FORGED);
    assert_int_equal(check("0190-1.pdf", ""), LINK_FORGED);
    assert_int_equal(check("0190-1.pdf", "signature="), LINK_FORGED);
    key[0]++;
    assert_int_equal(check("0190-1.pdf", query), LINK_FORGED);
    key[0]--;
}

static void an_old_link_expires(void **state)
{
    (void)state;
    char *mac = crypto_hmac(&arena, key, "receipt\n0190-1.pdf\n1000000000");
    const char *query =
        arena_printf(&arena, "expires=1000000000&signature=%s", mac);
    assert_int_equal(check("0190-1.pdf", query), LINK_EXPIRED);
}

static void links_are_built_from_the_base_url(void **state)
{
    (void)state;
    assert_string_equal(link_track(&settings, &arena, &order),
                        "https://shop.example/track/tOkEn-_1001");
    order.receipt_file = NULL;
    assert_null(link_receipt(&settings, key, &arena, &order));
}

/* Where an order in each condition is paid. */
static void an_order_is_paid_at(void **state)
{
    (void)state;
    static const char pay[] = "https://shop.example/pay/tOkEn-_1001";
    static const char bank[] = "https://bank.example/";
    static const struct {
        const char *method;
        enum order_status status;
        enum payment_status payment_status;
        const char *open_url, *link;
    } cases[] = {
        {"hosted", ORDER_PENDING, PAYMENT_UNPAID, NULL, pay},
        {"hosted", ORDER_PROCESSING, PAYMENT_PENDING, bank, pay},
        {"hosted", ORDER_PROCESSING, PAYMENT_REFUNDED, NULL,
         pay}, /* redriven */
        {"hosted", ORDER_PROCESSING, PAYMENT_PAID, NULL, NULL},
        {"hosted", ORDER_PROCESSING, PAYMENT_PARTIALLY_REFUNDED, NULL, NULL},
        {"hosted", ORDER_CONFIRMED, PAYMENT_PAID, NULL, NULL},
        {"hosted", ORDER_CANCELLED, PAYMENT_FAILED, NULL, NULL},
        {"hosted", ORDER_FAILED, PAYMENT_UNPAID, bank, NULL},
        {"pm_card_visa", ORDER_PENDING, PAYMENT_UNPAID, NULL, NULL},
        {"pm_card_visa", ORDER_PROCESSING, PAYMENT_PENDING, NULL, NULL},
        {"pm_card_visa", ORDER_PROCESSING, PAYMENT_PENDING, bank, bank},
        {"pm_card_visa", ORDER_CANCELLED, PAYMENT_PENDING, bank, NULL},
        {"manual", ORDER_PENDING, PAYMENT_UNPAID, NULL, NULL},
        {"manual", ORDER_PROCESSING, PAYMENT_PENDING, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct order one = {.track_token = "tOkEn-_1001",
                            .total_minor = 1,
                            .payment_method = cases[i].method,
                            .status = cases[i].status,
                            .payment_status = cases[i].payment_status,
                            .payment_url = cases[i].open_url};
        const char *link = link_payment(&settings, &arena, &one);
        assert_int_equal(link == NULL, cases[i].link == NULL);
        if (link != NULL)
            assert_string_equal(link, cases[i].link);
        one.cancel_reason = "asked for";
        assert_null(link_payment(&settings, &arena, &one));
        one.cancel_reason = NULL;
        one.total_minor = 0;
        assert_null(link_payment(&settings, &arena, &one));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fresh_link_opens_its_file_only),
        TEST(one_changed_character_forges_it),
        TEST(an_old_link_expires),
        TEST(links_are_built_from_the_base_url),
        TEST(an_order_is_paid_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
