/* lib/base/text/mime.h: what is composed is taken apart again by a small reader
 * of its own, so that an error is not made twice. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text/mime.h"

static const struct mime_message plain = {
    .from_name = "Ordermill",
    .from_address = "shop@example.org",
    .to_name = "Ann O'Hara",
    .to_address = "ann@example.org",
    .subject = "Your order 7",
    .message_id = "order-7.confirmation@example.org",
    .date_wall_ms = INT64_C(1767323045678),
    .text = "Thank you.\n",
    .html = "<p>Thank you.</p>\n"};

static int setup(void **state)
{
    static struct arena arena;
    arena = arena_create(16 * 1024 * 1024);
    *state = &arena;
    return 0;
}

static int teardown(void **state)
{
    arena_destroy(*state);
    return 0;
}

static const char *compose(struct arena *arena,
                           const struct mime_message *message)
{
    struct text out = text_create(arena, 100);
    assert_true(mime_compose(message, &out));
    return out.bytes;
}

/* Only CRLF ends lines, ASCII only, no line over 76 characters. */
static void check_lines(const char *message)
{
    while (*message != '\0') {
        size_t length = strcspn(message, "\r\n");
        assert_true(length <= 76);
        for (size_t i = 0; i < length; i++)
            assert_in_range(message[i], 0x20, 0x7e);
        assert_memory_equal(message + length, "\r\n", 2);
        message += length + 2;
    }
}

static void decode_base64(const char *at, const char *end, struct text *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, count = 0;
    for (; at < end && *at != '='; at++) {
        if (*at == '\r' || *at == '\n')
            continue;
        bits = bits << 6 | (unsigned)(strchr(digits, *at) - digits);
        if (++count % 4 != 1)
            text_putc(out, (char)(bits >> (6 - 2 * ((count - 1) % 4)) & 0xff));
    }
}

static void decode_quoted(const char *at, const char *end, struct text *out)
{
    for (; at < end; at++) {
        if (*at != '=') {
            text_putc(out, *at);
        } else if (at[1] == '\r') {
            at += 2;
        } else {
            char hex[3] = {at[1], at[2], '\0'};
            text_putc(out, (char)strtoul(hex, NULL, 16));
            at += 2;
        }
    }
}

/* A header's value, unfolded and with its encoded words read. */
static const char *header(struct arena *arena, const char *message,
                          const char *name)
{
    const char *start = strstr(arena_printf(arena, "\r\n%s", message),
                               arena_printf(arena, "\r\n%s: ", name));
    assert_non_null(start);
    start += strlen(name) + 4;
    struct text out = text_create(arena, 100);
    while (*start != '\0' && (start[0] != '\r' || start[2] == ' ')) {
        if (strncmp(start, "=?UTF-8?B?", 10) == 0) {
            const char *end = strstr(start, "?=");
            size_t from = out.length;
            decode_base64(start + 10, end, &out);
            assert_true(text_is_utf8(out.bytes + from, out.length - from));
            start = end + 2;
            if (strncmp(start, "\r\n =?", 5) == 0)
                start += 3;
        } else {
            if (*start != '\r' && *start != '\n')
                text_putc(&out, *start);
            start++;
        }
    }
    return out.bytes;
}

/* The body of the part of a type, decoded. */
static struct text part(struct arena *arena, const char *message,
                        const char *type)
{
    const char *start =
        strstr(message, arena_printf(arena, "\r\nContent-Type: %s", type));
    assert_non_null(start);
    const char *boundary = start;
    while (strncmp(boundary, "--", 2) != 0)
        boundary--;
    size_t length = strcspn(boundary, "\r");
    boundary = arena_copy(arena, boundary, length);
    boundary = arena_printf(arena, "\r\n%s", boundary);
    const char *body = strstr(start, "\r\n\r\n") + 4;
    const char *end = strstr(body, boundary);
    assert_non_null(end);
    struct text out = text_create(arena, 100);
    if (memmem(start, (size_t)(body - start), "base64", 6) != NULL)
        decode_base64(body, end, &out);
    else
        decode_quoted(body, end, &out);
    return out;
}

static void an_ascii_message_reads_as_it_is(void **state)
{
    const char *message = compose(*state, &plain);
    assert_string_equal(message,
                        "Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n"
                        "From: \"Ordermill\" <shop@example.org>\r\n"
                        "To: \"Ann O'Hara\" <ann@example.org>\r\n"
                        "Subject: Your order 7\r\n"
                        "Message-ID: <order-7.confirmation@example.org>\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "Content-Type: multipart/alternative; "
                        "boundary=\"=_a_c2239f652f9bfdb8\"\r\n"
                        "\r\n--=_a_c2239f652f9bfdb8\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                        "Thank you.\r\n"
                        "\r\n--=_a_c2239f652f9bfdb8\r\n"
                        "Content-Type: text/html; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                        "<p>Thank you.</p>\r\n"
                        "\r\n--=_a_c2239f652f9bfdb8--\r\n");
    check_lines(message);
}

static void headers_are_encoded_and_folded(void **state)
{
    static const char *const values[] = {
        "Ваш заказ № 7: наушники, клавиатура, мышь и ещё сто тридцать семь "
        "других товаров из нашего магазина",
        "Όνομα",
        "日本語の注文確認メールの件名がとても長い場合でも文字は分割されません",
        "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
        "x",
        "=?UTF-8?B?eA==?=",
        "a \"quoted\" \\ name, of <someone@example.org>; and: more",
        "0123456789012345678901234567890123456789012345678901234567890123456"
        "789012345678901234567890123456789",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct mime_message message = plain;
        message.subject = message.from_name = message.to_name = values[i];
        const char *bytes = compose(*state, &message);
        check_lines(bytes);
        assert_string_equal(header(*state, bytes, "Subject"), values[i]);
        bool quoted = strcmp(values[i], "x") == 0;
        const char *to = arena_printf(*state,
                                      quoted ? "\"%s\" <ann@example.org>"
                                             : "%s <ann@example.org>",
                                      values[i]);
        assert_string_equal(header(*state, bytes, "To"), to);
    }
}

static void names_may_be_left_out(void **state)
{
    struct mime_message message = plain;
    message.from_name = NULL;
    message.to_name = "";
    message.subject = "";
    const char *bytes = compose(*state, &message);
    assert_non_null(strstr(bytes, "\r\nFrom: <shop@example.org>\r\n"
                                  "To: <ann@example.org>\r\n"
                                  "Subject: \r\n"));
}

static void bodies_survive(void **state)
{
    static const char *const bodies[][2] = {
        {"", ""},
        {"one\ntwo\r\nthree", "one\r\ntwo\r\nthree"},
        {"spaces at the end  \ntabs\t\n \nlast ",
         "spaces at the end  \r\ntabs\t\r\n \r\nlast "},
        {"a = b; \rlone; .\n.\nFrom me\n--\n",
         "a = b; \rlone; .\r\n.\r\nFrom me\r\n--\r\n"},
        {"Ünï¢ödé, κείμενο, текст, 漢字, 😀\n",
         "Ünï¢ödé, κείμενο, текст, 漢字, 😀\r\n"},
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct mime_message message = plain;
        message.text = message.html = bodies[i][0];
        const char *bytes = compose(*state, &message);
        check_lines(bytes);
        assert_string_equal(part(*state, bytes, "text/plain").bytes,
                            bodies[i][1]);
        assert_string_equal(part(*state, bytes, "text/html").bytes,
                            bodies[i][1]);
    }
}

/* Lines of every length, of narrow and of wide characters, so that each way
 * to fall on the limit comes up. */
static void long_lines_are_broken_and_joined(void **state)
{
    for (int length = 60; length < 240; length++) {
        struct text body = text_create(*state, 1000);
        for (int i = 0; i < length; i++)
            text_puts(&body, i % 7 == length % 7 ? "é" : " ");
        struct mime_message message = plain;
        message.text = body.bytes;
        const char *bytes = compose(*state, &message);
        check_lines(bytes);
        assert_string_equal(part(*state, bytes, "text/plain").bytes,
                            body.bytes);
    }
}

static void attachments_survive(void **state)
{
    char pdf[4000];
    for (size_t i = 0; i < sizeof pdf; i++)
        pdf[i] = (char)(i * 31 % 256);
    for (size_t length = 1; length < sizeof pdf; length += 1 + length / 9) {
        struct mime_message message = plain;
        message.pdf = pdf;
        message.pdf_length = length;
        message.pdf_name = "receipt-7.pdf";
        const char *bytes = compose(*state, &message);
        check_lines(bytes);
        assert_non_null(strstr(bytes, "\r\nContent-Type: multipart/mixed;"));
        assert_non_null(strstr(bytes, "attachment;\r\n"
                                      " filename=\"receipt-7.pdf\"\r\n"));
        struct text read = part(*state, bytes, "application/pdf");
        assert_int_equal(read.length, length);
        assert_memory_equal(read.bytes, pdf, length);
        assert_string_equal(part(*state, bytes, "text/plain").bytes,
                            "Thank you.\r\n");
    }
}

static void the_same_message_gives_the_same_bytes(void **state)
{
    struct mime_message message = plain;
    const char *first = compose(*state, &message);
    assert_string_equal(first, compose(*state, &message));
    message.message_id = "order-8.confirmation@example.org";
    assert_null(strstr(compose(*state, &message), "=_a_c2239f652f9bfdb8"));
}

static void headers_cannot_be_injected(void **state)
{
    static const char *const lines[] = {"a\r\nBcc: b@example.org",
                                        "a\nb",
                                        "a\rb",
                                        "a\tb",
                                        "a\x7f",
                                        "a\xc2\x85",
                                        "a\xe2\x80\xa8",
                                        "a\xff",
                                        "\xc0\x8a"};
    static const char *const ids[] = {"",     "a",          "@",     "a@",
                                      "@b",   "a@b@c",      "a b@c", "a@b>",
                                      "<a@b", "a@b\r\nX: y"};
    static const char *const files[] = {"",          "a b.pdf", "a\".pdf",
                                        "a\r\n.pdf", "ä.pdf",   "../a.pdf"};
    struct text out = text_create(*state, 100);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (int field = 0; field < 5; field++) {
            struct mime_message message = plain;
            const char **fields[] = {&message.from_name, &message.from_address,
                                     &message.to_name, &message.to_address,
                                     &message.subject};
            *fields[field] = lines[i];
            assert_false(mime_compose(&message, &out));
        }
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct mime_message message = plain;
        message.message_id = ids[i];
        assert_false(mime_compose(&message, &out));
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct mime_message message = plain;
        message.pdf = "%PDF";
        message.pdf_length = 4;
        message.pdf_name = files[i];
        assert_false(mime_compose(&message, &out));
    }
    assert_int_equal(out.length, 0);
}

static void addresses_are_told_apart(void **state)
{
    static const char *const good[] = {
        "a@b",          "ann@localhost",      "ann.lee@example.org",
        "a+b@c-d.e",    "o'hara@example.org", "!#$%&'*+-/=?^_`{|}~@x.org",
        "1@2.x",        "a@1.2.3.x4",         "a@xn--bcher-kva.example",
        "A@EXAMPLE.ORG"};
    static const char *const bad[] = {"",
                                      "@",
                                      "a",
                                      "a@",
                                      "@b",
                                      "a@@b",
                                      "a@b@c",
                                      ".a@b",
                                      "a.@b",
                                      "a..b@c",
                                      "a@.b",
                                      "a@b.",
                                      "a@b..c",
                                      "a@-b",
                                      "a@b-",
                                      "a@b-.c",
                                      "a@b.-c",
                                      "a b@c",
                                      "a@b c",
                                      " a@b",
                                      "a@b ",
                                      "a@b\n",
                                      "a@b\r\nc",
                                      "a\t@b",
                                      "a@b_c",
                                      "a@[127.0.0.1]",
                                      "a@[IPv6:::1]",
                                      "a@127.0.0.1",
                                      "a@b.1",
                                      "a@1",
                                      "\"a\"@b",
                                      "a,b@c",
                                      "a;b@c",
                                      "a:b@c",
                                      "<a@b>",
                                      "a(b)@c",
                                      "a\\b@c",
                                      "ä@b",
                                      "a@ä.org",
                                      "a@b\x7f",
                                      "a@b,c@d"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(mime_address_ok(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mime_address_ok(bad[i]));
    char *x = arena_alloc(*state, 400);
    memset(x, 'x', 399);
    assert_true(mime_address_ok(arena_printf(*state, "%.64s@b", x)));
    assert_false(mime_address_ok(arena_printf(*state, "%.65s@b", x)));
    assert_true(mime_address_ok(arena_printf(*state, "a@%.63s", x)));
    assert_false(mime_address_ok(arena_printf(*state, "a@%.64s", x)));
    const char *labels = arena_printf(*state, "%.63s.%.63s.%.63s", x, x, x);
    assert_true(
        mime_address_ok(arena_printf(*state, "%.10s@%s.%.51s", x, labels, x)));
    assert_false(
        mime_address_ok(arena_printf(*state, "%.11s@%s.%.51s", x, labels, x)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ascii_message_reads_as_it_is),
        cmocka_unit_test(headers_are_encoded_and_folded),
        cmocka_unit_test(names_may_be_left_out),
        cmocka_unit_test(bodies_survive),
        cmocka_unit_test(long_lines_are_broken_and_joined),
        cmocka_unit_test(attachments_survive),
        cmocka_unit_test(the_same_message_gives_the_same_bytes),
        cmocka_unit_test(headers_cannot_be_injected),
        cmocka_unit_test(addresses_are_told_apart),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
