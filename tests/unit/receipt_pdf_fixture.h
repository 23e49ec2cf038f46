/* Receipts and credit notes as their readers see them: an order to draw, and
 * what qpdf and pdftotext say of the result. Included first: _GNU_SOURCE. */
#ifndef TESTS_UNIT_RECEIPT_PDF_FIXTURE_H
#define TESTS_UNIT_RECEIPT_PDF_FIXTURE_H

#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/view/paper/receipt.h"

static const char FONTS[] = "lib/adapter/fonts";
enum { LINES_MAX = 200 };

struct fixture {
    struct arena arena;
    struct pdf *pdf;
    struct sheet_line lines[LINES_MAX];
};

static inline int setup(void **state)
{
    static struct fixture fixture;
    fixture.arena = arena_create(64 << 20);
    fixture.pdf = pdf_open(FONTS);
    *state = &fixture;
    return fixture.pdf == NULL;
}

static inline int teardown(void **state)
{
    struct fixture *fixture = *state;
    pdf_close(fixture->pdf);
    arena_destroy(&fixture->arena);
    return 0;
}

static inline struct receipt order(struct fixture *fixture, size_t count)
{
    int64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = &fixture->arena;
        struct sheet_line *line = &fixture->lines[i];
        *line = (struct sheet_line){
            .sku = arena_printf(arena, "sku-%03zu", i + 1),
            .title = arena_printf(arena, "Title-%03zu", i + 1),
            .quantity = 2,
            .unit_price_minor = 1050,
            .total_minor = 2100};
        total += line->total_minor;
    }
    return (struct receipt){
        .manner = {.layout = RECEIPT_LAYOUT,
                   .currency = "EUR",
                   .zone = "Europe/Berlin"},
        .order = {.number = "2026-000042",
                  .order_id = "0192f0c1-2b3c",
                  .track_url = "https://example.org/track/abc",
                  .shop_name = "Little Shop",
                  .shop_address = "Hauptstraße 12\n10115 Berlin",
                  .shop_tax_id = "DE123456789",
                  .customer_name = "Zoë Müller",
                  .customer_email = "zoe@example.org"},
        .number = 17,
        .placed_wall_ms = 1795183385000,
        .paid_wall_ms = 1795183386000,
        .lines = fixture->lines,
        .line_count = count,
        .subtotal_minor = total,
        .total_minor = total,
        .payment_method = "Card",
        .payment_reference = "pi_123"};
}

static inline struct sheet_pdf make(struct fixture *fixture,
                                    const struct receipt *receipt)
{
    struct sheet_pdf out;
    if (!receipt_draw(&fixture->arena, fixture->pdf, receipt, &out))
        fail_msg("libharu: 0x%lx", out.error);
    return out;
}

/* What command (with one %s for the file's path) prints about the receipt;
 * *status is how it ended. */
static inline char *ask(struct fixture *fixture, const struct sheet_pdf *pdf,
                        const char *before, const char *after, int *status)
{
    char path[] = "/tmp/receipt_pdf_test.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, pdf->bytes, pdf->length), (ssize_t)pdf->length);
    close(fd);
    enum { MAX = 1 << 20 };
    char *text = arena_alloc(&fixture->arena, MAX);
    FILE *pipe = popen(
        arena_printf(&fixture->arena, "%s %s %s", before, path, after), "r");
    size_t got = pipe == NULL ? 0 : fread(text, 1, MAX - 1, pipe);
    text[got] = '\0';
    *status = pipe == NULL ? -1 : pclose(pipe);
    unlink(path);
    return text;
}

static inline char *text_of(struct fixture *fixture,
                            const struct sheet_pdf *pdf)
{
    int status;
    char *text = ask(fixture, pdf, "pdftotext -layout", "-", &status);
    assert_int_equal(status, 0);
    return text;
}

static inline void assert_checks(struct fixture *fixture,
                                 const struct sheet_pdf *pdf)
{
    int status;
    char *text = ask(fixture, pdf, "qpdf --check", "2>&1", &status);
    if (status != 0 || strcasestr(text, "warning") != NULL)
        fail_msg("%s", text);
}

static inline void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static inline int count_of(const char *text, const char *part)
{
    int count = 0;
    while ((text = strstr(text, part)) != NULL) {
        count++;
        text += strlen(part);
    }
    return count;
}

static inline void assert_same(const struct sheet_pdf *a,
                               const struct sheet_pdf *b)
{
    assert_int_equal(a->length, b->length);
    assert_memory_equal(a->bytes, b->bytes, a->length);
}

#endif
