/* Credit notes as their readers see them (lib/view/paper/credit_note.h), drawn
 * on the same sheet as receipts. */
#include "tests/unit/receipt_pdf_fixture.h"

#include "lib/view/paper/credit_note.h"

static struct credit_note_page note(struct fixture *fixture)
{
    struct receipt receipt = order(fixture, 3);
    return (struct credit_note_page){.manner = {.layout = CREDIT_NOTE_LAYOUT,
                                                .currency = "EUR",
                                                .zone = "Europe/Berlin"},
                                     .order = receipt.order,
                                     .number = 3,
                                     .receipt_number = 17,
                                     .issued_wall_ms = 1795183387000,
                                     .lines = fixture->lines,
                                     .line_count = 2,
                                     .total_minor = 4200,
                                     .reason = "Two too many",
                                     .payment_method = "Card",
                                     .payment_reference = "pi_123"};
}

static struct sheet_pdf draw(struct fixture *fixture,
                             const struct credit_note_page *page)
{
    struct sheet_pdf out;
    if (!credit_note_draw(&fixture->arena, fixture->pdf, page, &out))
        fail_msg("libharu: 0x%lx", out.error);
    return out;
}

static void test_says_what_is_credited(void **state)
{
    struct fixture *fixture = *state;
    struct credit_note_page page = note(fixture);
    struct sheet_pdf pdf = draw(fixture, &page);
    assert_checks(fixture, &pdf);
    const char *text = text_of(fixture, &pdf);
    const char *parts[] = {"Credit note no. 3", "To receipt no.",
                           "Two too many",      "Title-002",
                           "€42.00 credited",   "Total credited",
                           "Card, pi_123",      "20 Nov 2026, 15:03:07 CET"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        assert_says(text, parts[i]);
    assert_null(strstr(text, "Subtotal"));
}

static void test_an_amount_is_one_line(void **state)
{
    struct fixture *fixture = *state;
    struct credit_note_page page = note(fixture);
    fixture->lines[0] = (struct sheet_line){
        .sku = "", .title = "Came late", .total_minor = 4200};
    page.line_count = 1;
    page.receipt_number = 0;
    page.reason = NULL;
    page.payment_reference = "";
    struct sheet_pdf pdf = draw(fixture, &page);
    const char *text = text_of(fixture, &pdf);
    assert_says(text, "Came late");
    assert_null(strstr(text, "To receipt no."));
    assert_null(strstr(text, "Reason"));
    assert_null(strstr(text, "€0.00"));
    assert_null(strstr(text, "Card,"));
}

static void test_same_refund_same_bytes(void **state)
{
    struct fixture *fixture = *state;
    struct credit_note_page page = note(fixture);
    struct receipt receipt = order(fixture, 150);
    struct sheet_pdf first = draw(fixture, &page);
    make(fixture, &receipt);
    page = note(fixture);
    struct sheet_pdf second = draw(fixture, &page);
    assert_same(&first, &second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says_what_is_credited),
        cmocka_unit_test(test_an_amount_is_one_line),
        cmocka_unit_test(test_same_refund_same_bytes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
