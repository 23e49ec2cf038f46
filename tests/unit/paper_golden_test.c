/* Every layout that was ever shipped draws the same to the byte as it did then:
 * papers that are lost are drawn again by it. The golden files were drawn with
 * Debian 12's libharu. With another one the bytes may differ (the shop then
 * hands out copies), but never what stands on the pages. What differs is
 * written to build/golden for a look, and for the golden file of a new
 * layout. */
#include "tests/unit/receipt_pdf_fixture.h"

#include <sys/stat.h>

#include "lib/base/system/file.h"
#include "lib/view/paper/credit_note.h"

enum { LINES = 30, GOLDEN_MAX = 1 << 20 };

/* Two pages, titles of one and two lines, several scripts. */
static struct receipt paid(struct fixture *fixture, int64_t layout)
{
    struct receipt receipt = order(fixture, LINES);
    fixture->lines[1].title = "A coffee grinder with burrs of steel, which is "
                              "told of in more words than two lines hold";
    fixture->lines[2].title = "Чайник «Київ», Ελληνικός καφές, ŵ ő ₴";
    fixture->lines[3].unit_price_minor = 123456789012;
    fixture->lines[3].total_minor = 246913578024;
    receipt.manner.layout = layout;
    receipt.order.customer_name = "Łucja Ωμέγα Жук";
    receipt.total_minor = receipt.subtotal_minor = 246913638924;
    return receipt;
}

/* As receipts were before they had numbers; of a customer without a name. */
static struct receipt free_of_charge(struct fixture *fixture, int64_t layout)
{
    struct receipt receipt = order(fixture, 1);
    fixture->lines[0].unit_price_minor = fixture->lines[0].total_minor = 0;
    receipt.manner = (struct sheet_manner){layout, false, "JPY", "Asia/Tokyo"};
    receipt.number = 0;
    receipt.order.customer_name = NULL;
    receipt.order.shop_tax_id = "";
    receipt.total_minor = receipt.subtotal_minor = 0;
    receipt.payment_reference = "";
    return receipt;
}

static struct credit_note_page by_line(struct fixture *fixture)
{
    struct receipt receipt = order(fixture, 3);
    return (struct credit_note_page){
        .manner = {1, false, "KWD", "America/New_York"},
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

static struct credit_note_page by_amount(struct fixture *fixture)
{
    struct credit_note_page page = by_line(fixture);
    page.manner.currency = "EUR";
    page.receipt_number = 0;
    page.reason = NULL;
    page.line_count = 1;
    page.payment_method = "Bank transfer or cash";
    page.payment_reference = "";
    fixture->lines[0] = (struct sheet_line){
        .sku = "", .title = "Came late", .total_minor = 4200};
    return page;
}

static const char *producer(const char *bytes, size_t length)
{
    const char *at = memmem(bytes, length, "/Producer", 9);
    return at == NULL ? "" : at;
}

/* What stands on the pages, without the fonts and what holds them together. */
static char *pages_of(struct fixture *fixture, const struct sheet_pdf *pdf)
{
    int status;
    char *text = ask(
        fixture, pdf, "qpdf --qdf --object-streams=disable",
        "- | tr -d '\\000' | LC_ALL=C sed -n '/^BT/,/^ET/p;/ re$/p'", &status);
    assert_int_equal(status, 0);
    assert_true(strlen(text) > 1000);
    return text;
}

static void assert_golden(struct fixture *fixture, const struct sheet_pdf *pdf,
                          const char *name)
{
    struct arena *arena = &fixture->arena;
    size_t length = 0;
    const char *golden =
        file_read(arena, arena_printf(arena, "tests/unit/golden/%s", name),
                  GOLDEN_MAX, &length);
    bool same = golden != NULL && length == pdf->length &&
                memcmp(golden, pdf->bytes, length) == 0;
    if (same)
        return;
    const char *drawn = arena_printf(arena, "build/golden/%s", name);
    mkdir("build/golden", 0755);
    assert_true(file_replace("build/golden", drawn, pdf->bytes, pdf->length));
    if (golden == NULL)
        fail_msg("no golden file; see %s", drawn);
    struct sheet_pdf other = {.bytes = golden, .length = length};
    assert_string_equal(pages_of(fixture, &other), pages_of(fixture, pdf));
    const char *now = producer(pdf->bytes, pdf->length);
    const char *then = producer(golden, length);
    size_t line = strcspn(then, "\n");
    if (strncmp(now, then, line + 1) == 0)
        fail_msg("%s differs, by the same libharu", drawn);
}

static void receipts_of_layout_1(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = paid(fixture, 1);
    struct sheet_pdf pdf = make(fixture, &receipt);
    assert_int_equal(pdf.pages, 2);
    assert_golden(fixture, &pdf, "receipt.pdf");
    receipt = free_of_charge(fixture, 1);
    pdf = make(fixture, &receipt);
    assert_golden(fixture, &pdf, "receipt-free-1.pdf");
    assert_says(text_of(fixture, &pdf), "¥0 paid on");
}

static void receipts_of_layout_2(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = paid(fixture, 2);
    struct sheet_pdf pdf = make(fixture, &receipt);
    assert_golden(fixture, &pdf, "receipt.pdf"); /* as layout 1 */
    receipt = free_of_charge(fixture, 2);
    pdf = make(fixture, &receipt);
    assert_golden(fixture, &pdf, "receipt-free-2.pdf");
    assert_says(text_of(fixture, &pdf), "Nothing to pay");
    assert_int_equal(RECEIPT_LAYOUT, 2); /* a further one is tested here */
}

static void credit_notes_of_layout_1(void **state)
{
    struct fixture *fixture = *state;
    struct credit_note_page page = by_line(fixture);
    struct sheet_pdf pdf;
    assert_true(credit_note_draw(&fixture->arena, fixture->pdf, &page, &pdf));
    assert_golden(fixture, &pdf, "credit-note-lines.pdf");
    page = by_amount(fixture);
    assert_true(credit_note_draw(&fixture->arena, fixture->pdf, &page, &pdf));
    assert_golden(fixture, &pdf, "credit-note-amount.pdf");
    assert_int_equal(CREDIT_NOTE_LAYOUT, 1);
}

/* Nothing moves for the mark, which stands on every page. */
static void a_copy_is_marked_on_every_page(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = paid(fixture, RECEIPT_LAYOUT);
    struct sheet_pdf original = make(fixture, &receipt);
    receipt.manner.copy = true;
    struct sheet_pdf copy = make(fixture, &receipt);
    assert_checks(fixture, &copy);
    assert_int_equal(copy.pages, original.pages);
    assert_int_equal(count_of(text_of(fixture, &original), "COPY"), 0);
    assert_int_equal(count_of(text_of(fixture, &copy), "COPY"), copy.pages);
    assert_int_equal(count_of(text_of(fixture, &copy), "original file"),
                     copy.pages);
}

/* TZ has no say in it, and is as it was afterwards. */
static void dates_are_in_the_paper_s_zone(void **state)
{
    struct fixture *fixture = *state;
    struct receipt receipt = free_of_charge(fixture, RECEIPT_LAYOUT);
    static const char *const zones[] = {NULL, "UTC", "Asia/Tokyo", ""};
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        if (zones[i] == NULL)
            unsetenv("TZ");
        else
            setenv("TZ", zones[i], 1);
        tzset();
        struct sheet_pdf pdf = make(fixture, &receipt);
        assert_golden(fixture, &pdf, "receipt-free-2.pdf");
        const char *now = getenv("TZ");
        assert_true(zones[i] == NULL ? now == NULL
                                     : strcmp(now, zones[i]) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipts_of_layout_1),
        cmocka_unit_test(receipts_of_layout_2),
        cmocka_unit_test(credit_notes_of_layout_1),
        cmocka_unit_test(a_copy_is_marked_on_every_page),
        cmocka_unit_test(dates_are_in_the_paper_s_zone),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
