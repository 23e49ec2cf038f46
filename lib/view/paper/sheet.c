/* Documents of A4 pages: see sheet.h. */
#include "lib/view/paper/sheet.h"

#include <string.h>

#include "lib/adapter/qr.h"
#include "lib/base/text/money.h"
#include "lib/base/text/text.h"
#include "lib/base/time/clock.h"

enum { INK = 0x111827, GREY = 0x6b7280, RULE = 0xe5e7eb, WRAP_MAX = 2 };
enum { PADDINGS = 4 };    /* of each of the fonts' files */
enum { MARK = 0xb91c1c }; /* of a copy */

/* Points from the upper left corner. */
static const double LEFT = 56, RIGHT = 539, MIDDLE = 306;
static const double COPY_MARK = 36; /* above all else */
static const double LATER_TOP = 64; /* pages after the first: the table */
static const double BODY_END = 770, FOOTER = 800;
static const double TITLE_WIDTH = 236;
static const double QUANTITY_RIGHT = 336, UNIT_RIGHT = 438, AMOUNT_WIDTH = 94;
static const double LEADING = 13;
static const double CLOSING_HEIGHT = 114; /* totals, payment, QR code */
static const double QR_SIZE = 84;

static const struct pdf_style HEADING = {PDF_BOLD, 24, INK};
static const struct pdf_style SHOP = {PDF_BOLD, 12, INK};
static const struct pdf_style STATEMENT = {PDF_BOLD, 14, INK};
static const struct pdf_style BODY = {PDF_REGULAR, 9, INK};
static const struct pdf_style STRONG = {PDF_BOLD, 9, INK};
static const struct pdf_style QUIET = {PDF_REGULAR, 9, GREY};
static const struct pdf_style SMALL = {PDF_REGULAR, 7.5, GREY};
static const struct pdf_style COPY = {PDF_BOLD, 12, MARK};
static const struct pdf_style TOTAL = {PDF_BOLD, 11, INK};

/* Text broken to a width. */
struct wrapped {
    const char *lines[WRAP_MAX];
    int count;
};

/* Format characters that only shaping needs: nothing is to be seen of them. */
static bool is_invisible(uint32_t c)
{
    return c == 0xad || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
           (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

static bool is_blank(uint32_t c)
{
    return c <= 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
           c == 0x3000;
}

const char *sheet_printable(struct sheet *sheet, const char *string)
{
    if (string == NULL)
        return "";
    struct text out = text_create(sheet->arena, strlen(string) + 16);
    while (*string != '\0') {
        const char *start = string;
        uint32_t c = text_next(&string);
        if (is_blank(c)) {
            text_putc(&out, ' ');
        } else if (is_invisible(c)) {
            continue;
        } else if (pdf_has_glyph(sheet->pdf, c)) {
            text_add(&out, start, (size_t)(string - start));
        } else {
            text_puts(&out, "\xef\xbf\xbd");
            sheet->replaced++;
        }
    }
    return text_trim(sheet->arena, out.bytes);
}

static double width_of(struct sheet *sheet, struct pdf_style style,
                       const char *text)
{
    return pdf_width(sheet->pdf, style, text, strlen(text));
}

/* How many bytes of text fit into width, up to a space where there is one. */
static size_t fitting(struct sheet *sheet, struct pdf_style style,
                      const char *text, double width, bool at_spaces)
{
    double used = 0;
    size_t space = 0;
    const char *at = text;
    while (*at != '\0') {
        const char *start = at;
        if (*start == ' ')
            space = (size_t)(start - text);
        text_next(&at);
        used += pdf_width(sheet->pdf, style, start, (size_t)(at - start));
        if (used > width && start > text)
            return at_spaces && space > 0 ? space : (size_t)(start - text);
    }
    return (size_t)(at - text);
}

/* At most max lines; what is cut off shows as an ellipsis. */
static struct wrapped wrap(struct sheet *sheet, struct pdf_style style,
                           const char *text, double width, int max)
{
    struct wrapped out = {.count = 0};
    while (*text != '\0' && out.count < max) {
        size_t length = fitting(sheet, style, text, width, true);
        const char *mark = "";
        if (text[length] != '\0' && out.count == max - 1) {
            mark = "\xe2\x80\xa6";
            length = fitting(sheet, style, text,
                             width - width_of(sheet, style, mark), false);
        }
        out.lines[out.count++] =
            arena_printf(sheet->arena, "%.*s%s", (int)length, text, mark);
        text += length;
        while (*text == ' ')
            text++;
        if (*mark != '\0')
            break;
    }
    return out;
}

/* Draws it at sheet->y, which moves below. */
static void put_wrapped(struct sheet *sheet, struct pdf_style style, double x,
                        const struct wrapped *text)
{
    for (int i = 0; i < text->count; i++) {
        pdf_text(sheet->pdf, style, x, sheet->y, text->lines[i]);
        sheet->y += LEADING;
    }
}

static void put_text(struct sheet *sheet, struct pdf_style style, double x,
                     double width, const char *text)
{
    struct wrapped lines = wrap(sheet, style, text, width, WRAP_MAX);
    put_wrapped(sheet, style, x, &lines);
}

/* Right-aligned, smaller where it would not fit: an amount is never cut. */
static void put_amount(struct sheet *sheet, struct pdf_style style,
                       double right, const char *text)
{
    double width = width_of(sheet, style, text);
    if (width > AMOUNT_WIDTH)
        style.size *= AMOUNT_WIDTH / width;
    pdf_text_right(sheet->pdf, style, right, sheet->y, text);
}

const char *sheet_money(struct sheet *sheet, int64_t minor)
{
    return money_format(sheet->arena, minor, sheet->manner->currency);
}

const char *sheet_time(struct sheet *sheet, int64_t wall_ms)
{
    char *out = arena_alloc(sheet->arena, CLOCK_LOCAL_SIZE);
    clock_local_in(sheet->manner->zone, wall_ms, out);
    return out;
}

const char *sheet_day(struct sheet *sheet, int64_t wall_ms)
{
    const char *time = sheet_time(sheet, wall_ms);
    return arena_copy(sheet->arena, time, strcspn(time, ","));
}

void sheet_fact(struct sheet *sheet, const char *label, const char *value)
{
    pdf_text(sheet->pdf, QUIET, LEFT, sheet->y, label);
    put_text(sheet, BODY, LEFT + 96, RIGHT - LEFT - 96, value);
}

struct sheet_order sheet_order(struct sheet *sheet,
                               const struct sheet_order *order)
{
    struct sheet_order out = *order;
    const char **strings[] = {&out.shop_name, &out.shop_tax_id,
                              &out.customer_name, &out.customer_email};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        *strings[i] = sheet_printable(sheet, *strings[i]);
    return out;
}

void sheet_heading(struct sheet *sheet, const char *title,
                   const struct sheet_order *order)
{
    double room = RIGHT - LEFT - width_of(sheet, HEADING, title) - 20;
    struct wrapped shop =
        wrap(sheet, SHOP, order->shop_name, room < 280 ? room : 280, 1);
    pdf_text(sheet->pdf, HEADING, LEFT, 76, title);
    if (shop.count > 0)
        pdf_text_right(sheet->pdf, SHOP, RIGHT, 76, shop.lines[0]);
    sheet->y = 110;
}

static void put_shop(struct sheet *sheet, const struct sheet_order *order)
{
    double width = MIDDLE - LEFT - 20;
    pdf_text(sheet->pdf, SMALL, LEFT, sheet->y, "Sold by");
    sheet->y += LEADING;
    put_text(sheet, STRONG, LEFT, width, order->shop_name);
    char *address = arena_string(sheet->arena, order->shop_address);
    for (char *line = address, *end; line != NULL; line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        put_text(sheet, BODY, LEFT, width, sheet_printable(sheet, line));
    }
    if (order->shop_tax_id[0] != '\0')
        put_text(sheet, BODY, LEFT, width,
                 arena_printf(sheet->arena, "Tax no. %s", order->shop_tax_id));
}

static void put_customer(struct sheet *sheet, const struct sheet_order *order)
{
    if (order->customer_name[0] == '\0' && order->customer_email[0] == '\0')
        return;
    pdf_text(sheet->pdf, SMALL, MIDDLE, sheet->y, "Customer");
    sheet->y += LEADING;
    put_text(sheet, STRONG, MIDDLE, RIGHT - MIDDLE, order->customer_name);
    put_text(sheet, BODY, MIDDLE, RIGHT - MIDDLE, order->customer_email);
}

void sheet_parties(struct sheet *sheet, const struct sheet_order *order)
{
    double top = sheet->y + 16;
    sheet->y = top;
    put_customer(sheet, order);
    double below = sheet->y;
    sheet->y = top;
    put_shop(sheet, order);
    if (sheet->y < below)
        sheet->y = below;
}

void sheet_statement(struct sheet *sheet, const char *text)
{
    sheet->y += 20;
    put_text(sheet, STATEMENT, LEFT, RIGHT - LEFT, text);
    sheet->y += 8;
}

static void add_page(struct sheet *sheet)
{
    pdf_add_page(sheet->pdf);
    sheet->pages++;
    sheet->y = LATER_TOP;
}

static void put_table_heading(struct sheet *sheet)
{
    sheet->y += 6;
    pdf_text(sheet->pdf, SMALL, LEFT, sheet->y, "Item");
    pdf_text_right(sheet->pdf, SMALL, QUANTITY_RIGHT, sheet->y, "Quantity");
    pdf_text_right(sheet->pdf, SMALL, UNIT_RIGHT, sheet->y, "Unit price");
    pdf_text_right(sheet->pdf, SMALL, RIGHT, sheet->y, "Total");
    pdf_box(sheet->pdf, LEFT, sheet->y + 6, RIGHT - LEFT, 0.8, INK);
    sheet->y += 7;
}

/* room is what must fit below the row on its page: the totals never stand
 * on a page without a line. */
static void put_row(struct sheet *sheet, const struct sheet_line *line,
                    double room)
{
    struct wrapped title =
        wrap(sheet, BODY, sheet_printable(sheet, line->title), TITLE_WIDTH,
             WRAP_MAX);
    struct wrapped sku =
        wrap(sheet, SMALL, sheet_printable(sheet, line->sku), TITLE_WIDTH, 1);
    double height = 7 + LEADING * title.count + 10 * sku.count;
    if (sheet->y + height + room > BODY_END) {
        add_page(sheet);
        put_table_heading(sheet);
    }
    double top = sheet->y;
    sheet->y = top + 14;
    if (line->quantity > 0) {
        put_amount(
            sheet, BODY, QUANTITY_RIGHT,
            arena_printf(sheet->arena, "%lld", (long long)line->quantity));
        put_amount(sheet, BODY, UNIT_RIGHT,
                   sheet_money(sheet, line->unit_price_minor));
    }
    put_amount(sheet, BODY, RIGHT, sheet_money(sheet, line->total_minor));
    put_wrapped(sheet, BODY, LEFT, &title);
    sheet->y -= 3;
    put_wrapped(sheet, SMALL, LEFT, &sku);
    sheet->y = top + height;
    pdf_box(sheet->pdf, LEFT, sheet->y, RIGHT - LEFT, 0.5, RULE);
}

void sheet_table(struct sheet *sheet, const struct sheet_line *lines,
                 size_t count)
{
    put_table_heading(sheet);
    for (size_t i = 0; i < count; i++)
        put_row(sheet, &lines[i], i + 1 == count ? CLOSING_HEIGHT : 0);
}

static void put_sum(struct sheet *sheet, struct pdf_style style,
                    const char *label, int64_t minor)
{
    pdf_text(sheet->pdf, style, MIDDLE, sheet->y, label);
    put_amount(sheet, style, RIGHT, sheet_money(sheet, minor));
}

void sheet_total(struct sheet *sheet, const int64_t *subtotal_minor,
                 const char *label, int64_t total_minor)
{
    sheet->y += 22;
    if (subtotal_minor != NULL) {
        put_sum(sheet, BODY, "Subtotal", *subtotal_minor);
        sheet->y += 9;
        pdf_box(sheet->pdf, MIDDLE, sheet->y, RIGHT - MIDDLE, 0.8, INK);
        sheet->y += 17;
    }
    put_sum(sheet, TOTAL, label, total_minor);
    sheet->y += 24;
}

void sheet_payment(struct sheet *sheet, const char *label, const char *method,
                   const char *reference)
{
    pdf_text(sheet->pdf, QUIET, MIDDLE, sheet->y, label);
    if (reference[0] != '\0')
        method = arena_printf(sheet->arena, "%s, %s", method, reference);
    struct wrapped lines =
        wrap(sheet, BODY, method, RIGHT - MIDDLE - 66, WRAP_MAX);
    for (int i = 0; i < lines.count; i++) {
        pdf_text_right(sheet->pdf, BODY, RIGHT, sheet->y, lines.lines[i]);
        sheet->y += LEADING;
    }
}

static void put_qr(struct sheet *sheet, double top, const char *url)
{
    struct qr qr;
    if (!qr_make(sheet->arena, url, &qr))
        return;
    pdf_cells(sheet->pdf, LEFT, top, QR_SIZE, qr.cells, qr.width);
    pdf_link(sheet->pdf, LEFT, top, QR_SIZE, QR_SIZE, url);
    pdf_text(sheet->pdf, SMALL, LEFT, top + QR_SIZE + 14,
             "Scan or click to follow the order");
}

static void put_copy_mark(struct sheet *sheet)
{
    pdf_text(sheet->pdf, COPY, LEFT, COPY_MARK, "COPY");
    pdf_text_right(sheet->pdf, SMALL, RIGHT, COPY_MARK,
                   "Drawn again from the shop's records. The original file was "
                   "lost.");
    pdf_box(sheet->pdf, LEFT, COPY_MARK + 7, RIGHT - LEFT, 0.8, MARK);
}

/* "Page n of m" is known only now. */
static void put_footers(struct sheet *sheet, const struct sheet_order *order)
{
    const char *text =
        arena_printf(sheet->arena, "Order %s \xc2\xb7 %s \xc2\xb7 %s",
                     order->number, order->order_id, order->shop_name);
    struct wrapped left = wrap(sheet, SMALL, text, 380, 1);
    for (int page = 1; page <= sheet->pages; page++) {
        pdf_turn_to(sheet->pdf, page);
        if (sheet->manner->copy)
            put_copy_mark(sheet);
        pdf_box(sheet->pdf, LEFT, FOOTER - 14, RIGHT - LEFT, 0.5, RULE);
        pdf_text(sheet->pdf, SMALL, LEFT, FOOTER, left.lines[0]);
        pdf_text_right(
            sheet->pdf, SMALL, RIGHT, FOOTER,
            arena_printf(sheet->arena, "Page %d of %d", page, sheet->pages));
    }
}

void sheet_close(struct sheet *sheet, double top,
                 const struct sheet_order *order)
{
    put_qr(sheet, top, order->track_url);
    put_footers(sheet, order);
}

/* libharu cannot write a font whose subset fills its 4096-byte buffers to the
 * byte (HPDF_MemStream_SeekFunc then fails): one receipt in a few hundred, for
 * each of the fonts' two files. Characters that are measured but not drawn make
 * a subset a little larger; the same receipt still always gives the same
 * bytes. */
static void pad_fonts(struct pdf *pdf, int latin, int more)
{
    static const char in_latin[] = "\xc2\xa4\xc2\xa6\xc2\xac\xc2\xb6";
    static const char in_more[] = "\xd1\xb2\xd1\xb3\xd1\xb4\xd1\xb5";
    pdf_width(pdf, SMALL, in_latin, 2 * (size_t)latin);
    pdf_width(pdf, STRONG, in_latin, 2 * (size_t)latin);
    pdf_width(pdf, SMALL, in_more, 2 * (size_t)more);
    pdf_width(pdf, STRONG, in_more, 2 * (size_t)more);
}

bool sheet_make(struct arena *arena, struct pdf *pdf,
                const struct sheet_document *document, struct sheet_pdf *out)
{
    for (int padding = 0; padding < PADDINGS * PADDINGS; padding++) {
        struct sheet sheet = {
            .arena = arena, .pdf = pdf, .manner = document->manner};
        pdf_begin(pdf, document->title, document->dated_at_ms);
        pad_fonts(pdf, padding % PADDINGS, padding / PADDINGS);
        add_page(&sheet);
        document->draw(&sheet, document->page);
        *out = (struct sheet_pdf){.pages = sheet.pages,
                                  .replaced = sheet.replaced};
        if (pdf_finish(pdf, arena, &out->bytes, &out->length, &out->error))
            return true;
    }
    return false;
}
