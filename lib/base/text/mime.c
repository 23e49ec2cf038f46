/* Composes mail messages: see mime.h. Called by the reaper's outbox; the
 * address check by everyone who reads an e-mail address. */
#include "lib/base/text/mime.h"

#include <string.h>

#include "lib/base/time/clock.h"

/* In base64's order. */
#define LETTERS_DIGITS                                                         \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define ATEXT LETTERS_DIGITS "!#$%&'*+-/=?^_`{|}~"

enum {
    LINE_CHARS = 76,
    ADDRESS_MAX = 254,
    LOCAL_MAX = 64,
    LABEL_MAX = 63,
    PDF_NAME_MAX = 60
};

/* Whether the part consists of labels parted by dots, none empty or longer
 * than max. */
static bool is_dotted(const char *part, size_t length, const char *allowed,
                      size_t max)
{
    const char *end = part + length;
    for (;;) {
        size_t label = strspn(part, allowed);
        if (label == 0 || label > max)
            return false;
        part += label;
        if (part == end)
            return true;
        if (*part++ != '.')
            return false;
    }
}

bool mime_address_ok(const char *address)
{
    const char *at = strchr(address, '@');
    if (at == NULL || at - address > LOCAL_MAX || strlen(address) > ADDRESS_MAX)
        return false;
    const char *domain = at + 1;
    size_t length = strlen(domain);
    if (!is_dotted(address, (size_t)(at - address), ATEXT, LOCAL_MAX) ||
        !is_dotted(domain, length, LETTERS_DIGITS "-", LABEL_MAX))
        return false;
    if (domain[0] == '-' || domain[length - 1] == '-' ||
        strstr(domain, "-.") != NULL || strstr(domain, ".-") != NULL)
        return false;
    const char *dot = strrchr(domain, '.');
    const char *last = dot != NULL ? dot + 1 : domain;
    return last[strspn(last, "0123456789")] != '\0';
}

static bool is_message_id(const char *id)
{
    const char *at = strchr(id, '@');
    return at != NULL && strlen(id) <= ADDRESS_MAX &&
           is_dotted(id, (size_t)(at - id), ATEXT, ADDRESS_MAX) &&
           is_dotted(at + 1, strlen(at + 1), ATEXT, ADDRESS_MAX);
}

/* Whether value, or none, can stand in a header without ending it. */
static bool is_line(const char *value)
{
    return value == NULL ||
           (text_is_utf8(value, strlen(value)) && !text_has_control(value));
}

static bool is_file_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= PDF_NAME_MAX &&
           strspn(name, LETTERS_DIGITS ".-_") == length;
}

static void put_base64(struct text *out, const char *bytes, size_t length)
{
    static const char digits[] = LETTERS_DIGITS "+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned three = 0;
        for (size_t k = 0; k < 3; k++)
            three = three << 8 | (k < left ? (unsigned char)bytes[i + k] : 0);
        text_putc(out, digits[three >> 18]);
        text_putc(out, digits[three >> 12 & 63]);
        text_putc(out, left > 1 ? digits[three >> 6 & 63] : '=');
        text_putc(out, left > 2 ? digits[three & 63] : '=');
    }
}

static void put_base64_lines(struct text *out, const char *bytes, size_t length)
{
    enum { LINE_BYTES = LINE_CHARS / 4 * 3 };
    for (size_t i = 0; i < length; i += LINE_BYTES) {
        size_t left = length - i;
        put_base64(out, bytes + i, left < LINE_BYTES ? left : LINE_BYTES);
        text_puts(out, "\r\n");
    }
}

static size_t column(const struct text *out)
{
    size_t start = out->length;
    while (start > 0 && out->bytes[start - 1] != '\n')
        start--;
    return out->length - start;
}

/* Whether value can stand in quotes on this line as it is. A "=?" in it would
 * be taken for an encoded word. */
static bool is_literal(const struct text *out, const char *value)
{
    size_t length = strlen(value);
    return text_count(value) == length && strpbrk(value, "\"\\") == NULL &&
           strstr(value, "=?") == NULL &&
           column(out) + length + 2 <= LINE_CHARS;
}

/* Encoded words, none of which parts a character (RFC 2047 section 5). */
static void put_words(struct text *out, const char *value)
{
    static const char start[] = "=?UTF-8?B?", end[] = "?=";
    while (*value != '\0') {
        size_t room = LINE_CHARS + 2 - sizeof start - sizeof end - column(out);
        const char *rest = value;
        for (const char *next = value; *next != '\0'; rest = next) {
            text_next(&next);
            if ((size_t)(next - value) > room / 4 * 3)
                break;
        }
        text_puts(out, start);
        put_base64(out, value, (size_t)(rest - value));
        text_puts(out, end);
        value = rest;
        if (*value != '\0')
            text_puts(out, "\r\n ");
    }
}

static void put_mailbox(struct text *out, const char *header, const char *name,
                        const char *address)
{
    text_printf(out, "%s: ", header);
    if (name != NULL && *name != '\0') {
        if (is_literal(out, name))
            text_printf(out, "\"%s\"", name);
        else
            put_words(out, name);
        bool fits = column(out) + strlen(address) + 3 <= LINE_CHARS;
        text_puts(out, fits ? " " : "\r\n ");
    }
    text_printf(out, "<%s>\r\n", address);
}

static void put_headers(struct text *out, const struct mime_message *message)
{
    char date[CLOCK_RFC5322_SIZE];
    clock_rfc5322(message->date_wall_ms, date);
    text_printf(out, "Date: %s\r\n", date);
    put_mailbox(out, "From", message->from_name, message->from_address);
    put_mailbox(out, "To", message->to_name, message->to_address);
    text_puts(out, "Subject: ");
    if (is_literal(out, message->subject))
        text_puts(out, message->subject);
    else
        put_words(out, message->subject);
    text_printf(out,
                "\r\nMessage-ID: <%s>\r\n"
                "MIME-Version: 1.0\r\n"
                "Auto-Submitted: auto-generated\r\n",
                message->message_id);
}

/* RFC 2045 section 6.7: a line's last space is encoded too, and so is a CR
 * that ends no line. */
static void put_quoted_printable(struct text *out, const char *body)
{
    size_t used = 0;
    for (const char *at = body; *at != '\0'; at++) {
        if (at[0] == '\r' && at[1] == '\n')
            at++;
        if (*at == '\n') {
            text_puts(out, "\r\n");
            used = 0;
            continue;
        }
        bool last = at[1] == '\0' || at[1] == '\n' || at[1] == '\r';
        bool plain = *at > ' ' && *at <= '~' && *at != '=';
        plain = plain || (*at == ' ' && !last);
        size_t width = plain ? 1 : 3;
        if (used + width >= LINE_CHARS) {
            text_puts(out, "=\r\n");
            used = 0;
        }
        if (plain)
            text_putc(out, *at);
        else
            text_printf(out, "=%02X", (unsigned char)*at);
        used += width;
    }
}

static void put_text_part(struct text *out, const char *boundary,
                          const char *subtype, const char *body)
{
    text_printf(out,
                "\r\n--%s\r\n"
                "Content-Type: text/%s; charset=utf-8\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                boundary, subtype);
    put_quoted_printable(out, body);
}

static void put_multipart(struct text *out, const char *subtype,
                          const char *boundary)
{
    text_printf(out, "Content-Type: multipart/%s; boundary=\"%s\"\r\n", subtype,
                boundary);
}

static void put_alternative(struct text *out,
                            const struct mime_message *message,
                            const char *boundary)
{
    put_multipart(out, "alternative", boundary);
    put_text_part(out, boundary, "plain", message->text);
    put_text_part(out, boundary, "html", message->html);
    text_printf(out, "\r\n--%s--\r\n", boundary);
}

/* FNV-1a. */
static unsigned long long hash(const char *string)
{
    unsigned long long sum = 0xcbf29ce484222325;
    for (; *string != '\0'; string++)
        sum = (sum ^ (unsigned char)*string) * 0x100000001b3;
    return sum;
}

bool mime_compose(const struct mime_message *message, struct text *out)
{
    if (!mime_address_ok(message->from_address) ||
        !mime_address_ok(message->to_address) ||
        !is_message_id(message->message_id) || !is_line(message->from_name) ||
        !is_line(message->to_name) || !is_line(message->subject) ||
        (message->pdf != NULL && !is_file_name(message->pdf_name)))
        return false;
    /* "=_" stands in no text encoded here, so no boundary does. */
    unsigned long long id = hash(message->message_id);
    char *inner = arena_printf(out->arena, "=_a_%016llx", id);
    char *outer = arena_printf(out->arena, "=_m_%016llx", id);
    put_headers(out, message);
    if (message->pdf == NULL) {
        put_alternative(out, message, inner);
        return true;
    }
    put_multipart(out, "mixed", outer);
    text_printf(out, "\r\n--%s\r\n", outer);
    put_alternative(out, message, inner);
    text_printf(out,
                "--%s\r\n"
                "Content-Type: application/pdf\r\n"
                "Content-Transfer-Encoding: base64\r\n"
                "Content-Disposition: attachment;\r\n filename=\"%s\"\r\n\r\n",
                outer, message->pdf_name);
    put_base64_lines(out, message->pdf, message->pdf_length);
    text_printf(out, "--%s--\r\n", outer);
    return true;
}
