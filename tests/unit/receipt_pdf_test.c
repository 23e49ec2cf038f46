/* Receipts as their readers see them (lib/view/paper/receipt.h): through qpdf
 * and pdftotext. Runs from the checkout's root, where the fonts are. */
#include "tests/unit/receipt_pdf_fixture.h"

static void test_says_what_was_bought(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, 1);
    struct sheet_pdf pdf = make(fixture, &receipt);
    assert_int_equal(pdf.pages, 1);
    assert_int_equal(pdf.replaced, 0);
    assert_true(pdf.length < 60 * 1024);
    assert_checks(fixture, &pdf);
    const char *text = text_of(fixture, &pdf);
    const char *parts[] = {"Receipt no. 17",
                           "Little Shop",
                           "Hauptstraße 12",
                           "10115 Berlin",
                           "Tax no. DE123456789",
                           "2026-000042",
                           "0192f0c1-2b3c",
                           "20 Nov 2026, 15:03:05 CET",
                           "20 Nov 2026, 15:03:06 CET",
                           "Zoë Müller",
                           "zoe@example.org",
                           "sku-001",
                           "Title-001",
                           "€10.50",
                           "€21.00 paid on 20 Nov 2026",
                           "Card, pi_123",
                           "Page 1 of 1"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        assert_says(text, parts[i]);
}

/* Subsets of fonts that fill libharu's buffers to the byte were not written:
 * among so many references some always do. */
static void test_fonts_of_every_size(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 1500; i++) {
        size_t used = fixture->arena.used;
        struct receipt receipt = order(fixture, 1);
        receipt.payment_reference =
            arena_printf(&fixture->arena, "pi_%c%c%c%c%c%c", 'A' + i % 26,
                         'a' + i / 3 % 26, 'G' + i / 7 % 20, 'k' + i / 11 % 16,
                         '0' + i % 10, 'N' + i / 5 % 13);
        make(fixture, &receipt);
        fixture->arena.used = used;
    }
}

/* The same of the file with all but Latin letters. */
static void test_more_fonts_of_every_size(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 700; i++) {
        size_t used = fixture->arena.used;
        struct receipt receipt = order(fixture, 1);
        char name[] = "\xce\xb1\xce\xb1\xce\xb1\xce\xb1\xce\xb1\xce\xb1";
        for (int at = 0, rest = i; at < 6; at++, rest = rest / 3 + at)
            name[2 * at + 1] = (char)(0xb1 + (rest * 7 + at) % 15);
        receipt.order.customer_name = name;
        make(fixture, &receipt);
        fixture->arena.used = used;
    }
}

static void test_same_order_same_bytes(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, 3);
    struct sheet_pdf first = make(fixture, &receipt);
    struct receipt other = order(fixture, 150);
    other.order.customer_name = "Ольга Παπαδοπούλου Nguyễn 田中";
    other.paid_wall_ms += 86400000;
    make(fixture, &other);
    receipt = order(fixture, 3);
    struct sheet_pdf second = make(fixture, &receipt);
    assert_same(&first, &second);

    struct pdf *used = fixture->pdf;
    fixture->pdf = pdf_open(FONTS);
    assert_non_null(fixture->pdf);
    struct sheet_pdf fresh = make(fixture, &receipt);
    pdf_close(fixture->pdf);
    fixture->pdf = used;
    assert_same(&first, &fresh);
}

static void test_other_scripts_after_any_history(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, 1);
    receipt.order.customer_name = "Київ Ґалаґан, Ελένη Ἀθῆναι, Łukasz Țepeș";
    fixture->lines[0].title = "Bánh mì Việt Nam, ŵ ő, Қазақстан ₴ ₹";
    struct sheet_pdf used = make(fixture, &receipt);
    assert_int_equal(used.replaced, 0);
    assert_true(used.length < 60 * 1024);
    assert_checks(fixture, &used);
    const char *text = text_of(fixture, &used);
    assert_says(text, "Київ Ґалаґан, Ελένη Ἀθῆναι,");
    assert_says(text, "Łukasz Țepeș");
    assert_says(text, "Bánh mì Việt Nam, ŵ ő, Қазақстан ₴ ₹");
}

static void test_replaces_visibly_and_counts(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, 1);
    receipt.order.customer_name = "田中 Taro";
    receipt.order.shop_name = "店 shop"; /* shown three times, counted once */
    fixture->lines[0].title = "Smile \xf0\x9f\x98\x80\xef\xb8\x8f.";
    struct sheet_pdf pdf = make(fixture, &receipt);
    assert_int_equal(pdf.replaced, 4);
    const char *text = text_of(fixture, &pdf);
    assert_says(text, "\xef\xbf\xbd\xef\xbf\xbd Taro");
    assert_says(text, "Smile \xef\xbf\xbd.");
}

static void test_no_control_reaches_the_page(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, 1);
    receipt.order.customer_name = "A\x01\x1b[1m\nB\xc2\x85"
                                  "C\xe2\x80\xa8"
                                  "D\xe2\x80\xae"
                                  "E(\\)";
    fixture->lines[0].title = "Tab\there";
    struct sheet_pdf pdf = make(fixture, &receipt);
    assert_int_equal(pdf.replaced, 0);
    assert_checks(fixture, &pdf);
    const char *text = text_of(fixture, &pdf);
    assert_null(strpbrk(text, "\x01\x1b\t"));
    assert_says(text, "DE(\\)");
}

static void test_200_lines_break_onto_pages(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, LINES_MAX);
    struct sheet_pdf pdf = make(fixture, &receipt);
    assert_in_range(pdf.pages, 5, 12);
    assert_checks(fixture, &pdf);
    const char *text = text_of(fixture, &pdf);
    for (size_t i = 0; i < LINES_MAX; i++)
        assert_int_equal(count_of(text, fixture->lines[i].title), 1);
    assert_int_equal(count_of(text, "Unit price"), pdf.pages);
    assert_int_equal(count_of(text, "Subtotal"), 1);
    for (int page = 1; page <= pdf.pages; page++)
        assert_says(text, arena_printf(&fixture->arena, "Page %d of %d", page,
                                       pdf.pages));
}

/* However many lines there are, the page with the totals has one of them. */
static void test_totals_never_stand_alone(void **state)
{
    struct fixture *fixture = *state;
    for (size_t count = 1; count <= 50; count++) {
        struct receipt receipt = order(fixture, count);
        struct sheet_pdf pdf = make(fixture, &receipt);
        const char *last = text_of(fixture, &pdf);
        for (int page = 1; page < pdf.pages; page++)
            last = strchr(last, '\f') + 1;
        assert_says(last, "Title-");
        assert_says(last, "Subtotal");
        arena_reset(&fixture->arena);
    }
}

static void test_long_text_is_cut(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, 2);
    char *title = arena_alloc(&fixture->arena, 4001);
    memset(title, 'w', 4000);
    fixture->lines[0].title = title;
    fixture->lines[0].sku = title;
    fixture->lines[1].title = "Two lines of words are what it takes to say it";
    fixture->lines[1].total_minor = INT64_MIN;
    receipt.order.shop_name = receipt.order.customer_name =
        receipt.order.customer_email = receipt.payment_reference = title;
    struct sheet_pdf pdf = make(fixture, &receipt);
    assert_int_equal(pdf.pages, 1);
    assert_checks(fixture, &pdf);
    const char *text = text_of(fixture, &pdf);
    assert_says(text, "w\xe2\x80\xa6");
    assert_says(text, "-€92,233,720,368,547,758.08");
}

static void test_without_a_customer(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, 1);
    receipt.order.customer_name = receipt.order.customer_email = NULL;
    receipt.order.shop_address = receipt.order.shop_tax_id = "";
    receipt.payment_reference = "";
    struct sheet_pdf pdf = make(fixture, &receipt);
    const char *text = text_of(fixture, &pdf);
    assert_null(strstr(text, "Customer"));
    assert_null(strstr(text, "Tax no."));
    assert_null(strstr(text, "Card,"));
}

/* The code itself was read with zbarimg; here: its link, and its cells as
 * rectangles in a space of their own. */
static void test_links_to_the_order(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, 1);
    struct sheet_pdf with = make(fixture, &receipt);
    int status;
    const char *plain =
        ask(fixture, &with, "qpdf --qdf --object-streams=disable",
            "- | tr -d '\\000'", &status);
    assert_int_equal(status, 0);
    assert_says(plain, "https://example.org/track/abc");
    assert_true(count_of(plain, " re\n") > 100);
    receipt.order.track_url = "";
    struct sheet_pdf without = make(fixture, &receipt);
    plain = ask(fixture, &without, "qpdf --qdf --object-streams=disable",
                "- | tr -d '\\000'", &status);
    assert_in_range(count_of(plain, " re\n"), 1, 10);
    assert_null(strstr(text_of(fixture, &without), "Scan"));
}

/* libharu's errors stick; the next document must start clean. */
static void test_an_error_ends_with_its_document(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = order(fixture, 1);
    struct sheet_pdf before = make(fixture, &receipt);
    const char *bytes;
    size_t length;
    unsigned long error = 0;
    pdf_begin(fixture->pdf, "Too big", 0);
    pdf_add_page(fixture->pdf);
    struct pdf_style huge = {PDF_BOLD, 1e6, 0};
    pdf_text(fixture->pdf, huge, 10, 10, "x");
    assert_false(
        pdf_finish(fixture->pdf, &fixture->arena, &bytes, &length, &error));
    assert_int_not_equal(error, 0);
    assert_false(
        pdf_finish(fixture->pdf, &fixture->arena, &bytes, &length, &error));
    assert_int_not_equal(error, 0);
    struct sheet_pdf after = make(fixture, &receipt);
    assert_same(&before, &after);
    assert_null(pdf_open("/nonexistent"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says_what_was_bought),
        cmocka_unit_test(test_same_order_same_bytes),
        cmocka_unit_test(test_other_scripts_after_any_history),
        cmocka_unit_test(test_replaces_visibly_and_counts),
        cmocka_unit_test(test_no_control_reaches_the_page),
        cmocka_unit_test(test_200_lines_break_onto_pages),
        cmocka_unit_test(test_totals_never_stand_alone),
        cmocka_unit_test(test_long_text_is_cut),
        cmocka_unit_test(test_without_a_customer),
        cmocka_unit_test(test_links_to_the_order),
        cmocka_unit_test(test_an_error_ends_with_its_document),
        cmocka_unit_test(test_fonts_of_every_size),
        cmocka_unit_test(test_more_fonts_of_every_size),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
