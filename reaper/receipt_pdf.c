/* The receipt's layout: see receipt_pdf.h. The reaper calls it for the
 * GenerateReceipt step. */
#include "reaper/receipt_pdf.h"

#include <string.h>

#include "lib/adapter/qr.h"
#include "lib/base/clock.h"
#include "lib/base/money.h"
#include "lib/base/text.h"

enum { INK = 0x111827, GREY = 0x6b7280, RULE = 0xe5e7eb, WRAP_MAX = 2 };

/* Points from the upper left corner. */
static const double LEFT = 56, RIGHT = 539, MIDDLE = 306;
static const double LATER_TOP = 64; /* pages after the first: the table */
static const double BODY_END = 770, FOOTER = 800;
static const double TITLE_WIDTH = 236;
static const double QUANTITY_RIGHT = 336, UNIT_RIGHT = 438, AMOUNT_WIDTH = 94;
static const double LEADING = 13;
static const double CLOSING_HEIGHT = 114; /* totals, payment, QR code */
static const double QR_SIZE = 84;

static const struct pdf_style HEADING = {PDF_BOLD, 24, INK};
static const struct pdf_style SHOP = {PDF_BOLD, 12, INK};
static const struct pdf_style PAID = {PDF_BOLD, 14, INK};
static const struct pdf_style BODY = {PDF_REGULAR, 9, INK};
static const struct pdf_style STRONG = {PDF_BOLD, 9, INK};
static const struct pdf_style QUIET = {PDF_REGULAR, 9, GREY};
static const struct pdf_style SMALL = {PDF_REGULAR, 7.5, GREY};
static const struct pdf_style TOTAL = {PDF_BOLD, 11, INK};

/* Text broken to a width. */
struct wrapped {
    const char *lines[WRAP_MAX];
    int count;
};

/* One receipt in hand. */
struct sheet {
    struct arena *arena;
    struct pdf *pdf;
    struct receipt receipt; /* its strings made printable */
    int pages;              /* added so far */
    double y;               /* where the next thing goes */
    int replaced;
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

/* The string as one line that the fonts can show. */
static const char *printable(struct sheet *sheet, const char *string)
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

static const char *money(struct sheet *sheet, int64_t minor)
{
    return money_format(sheet->arena, minor, sheet->receipt.currency);
}

static void put_fact(struct sheet *sheet, const char *label, const char *value)
{
    pdf_text(sheet->pdf, QUIET, LEFT, sheet->y, label);
    put_text(sheet, BODY, LEFT + 96, RIGHT - LEFT - 96, value);
}

static void put_shop(struct sheet *sheet)
{
    const struct receipt *receipt = &sheet->receipt;
    double width = MIDDLE - LEFT - 20;
    pdf_text(sheet->pdf, SMALL, LEFT, sheet->y, "Sold by");
    sheet->y += LEADING;
    put_text(sheet, STRONG, LEFT, width, receipt->shop_name);
    char *address = arena_string(sheet->arena, receipt->shop_address);
    for (char *line = address, *end; line != NULL; line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        put_text(sheet, BODY, LEFT, width, printable(sheet, line));
    }
    if (receipt->shop_tax_id[0] != '\0')
        put_text(
            sheet, BODY, LEFT, width,
            arena_printf(sheet->arena, "Tax no. %s", receipt->shop_tax_id));
}

static void put_customer(struct sheet *sheet)
{
    const struct receipt *receipt = &sheet->receipt;
    if (receipt->customer_name[0] == '\0' && receipt->customer_email[0] == '\0')
        return;
    pdf_text(sheet->pdf, SMALL, MIDDLE, sheet->y, "Customer");
    sheet->y += LEADING;
    put_text(sheet, STRONG, MIDDLE, RIGHT - MIDDLE, receipt->customer_name);
    put_text(sheet, BODY, MIDDLE, RIGHT - MIDDLE, receipt->customer_email);
}

/* All that stands above the table on the first page. */
static void put_opening(struct sheet *sheet)
{
    const struct receipt *receipt = &sheet->receipt;
    struct wrapped shop = wrap(sheet, SHOP, receipt->shop_name, 280, 1);
    pdf_text(sheet->pdf, HEADING, LEFT, 76, "Receipt");
    if (shop.count > 0)
        pdf_text_right(sheet->pdf, SHOP, RIGHT, 76, shop.lines[0]);
    char placed[CLOCK_LOCAL_SIZE], paid[CLOCK_LOCAL_SIZE];
    clock_local(receipt->placed_wall_ms, placed);
    clock_local(receipt->paid_wall_ms, paid);
    sheet->y = 110;
    put_fact(sheet, "Order number", receipt->order_number);
    put_fact(sheet, "Ordered", placed);
    put_fact(sheet, "Paid", paid);

    double top = sheet->y + 16;
    sheet->y = top;
    put_customer(sheet);
    double below = sheet->y;
    sheet->y = top;
    put_shop(sheet);
    if (sheet->y < below)
        sheet->y = below;

    paid[strcspn(paid, ",")] = '\0';
    sheet->y += 20;
    put_text(sheet, PAID, LEFT, RIGHT - LEFT,
             arena_printf(sheet->arena, "%s paid on %s",
                          money(sheet, receipt->total_minor), paid));
    sheet->y += 8;
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

static void start_page(struct sheet *sheet)
{
    pdf_add_page(sheet->pdf);
    sheet->pages++;
    if (sheet->pages == 1)
        put_opening(sheet);
    else
        sheet->y = LATER_TOP;
    put_table_heading(sheet);
}

/* room is what must fit below the row on its page: the totals never stand
 * on a page without a line. */
static void put_row(struct sheet *sheet, const struct receipt_line *line,
                    double room)
{
    struct wrapped title =
        wrap(sheet, BODY, printable(sheet, line->title), TITLE_WIDTH, WRAP_MAX);
    struct wrapped sku =
        wrap(sheet, SMALL, printable(sheet, line->sku), TITLE_WIDTH, 1);
    double height = 7 + LEADING * title.count + 10 * sku.count;
    if (sheet->y + height + room > BODY_END)
        start_page(sheet);
    double top = sheet->y;
    sheet->y = top + 14;
    put_amount(sheet, BODY, QUANTITY_RIGHT,
               arena_printf(sheet->arena, "%lld", (long long)line->quantity));
    put_amount(sheet, BODY, UNIT_RIGHT, money(sheet, line->unit_price_minor));
    put_amount(sheet, BODY, RIGHT, money(sheet, line->total_minor));
    put_wrapped(sheet, BODY, LEFT, &title);
    sheet->y -= 3;
    put_wrapped(sheet, SMALL, LEFT, &sku);
    sheet->y = top + height;
    pdf_box(sheet->pdf, LEFT, sheet->y, RIGHT - LEFT, 0.5, RULE);
}

static void put_sum(struct sheet *sheet, struct pdf_style style,
                    const char *label, int64_t minor)
{
    pdf_text(sheet->pdf, style, MIDDLE, sheet->y, label);
    put_amount(sheet, style, RIGHT, money(sheet, minor));
}

static void put_totals(struct sheet *sheet)
{
    const struct receipt *receipt = &sheet->receipt;
    sheet->y += 22;
    put_sum(sheet, BODY, "Subtotal", receipt->subtotal_minor);
    sheet->y += 9;
    pdf_box(sheet->pdf, MIDDLE, sheet->y, RIGHT - MIDDLE, 0.8, INK);
    sheet->y += 17;
    put_sum(sheet, TOTAL, "Total", receipt->total_minor);
    sheet->y += 24;
    pdf_text(sheet->pdf, QUIET, MIDDLE, sheet->y, "Paid with");
    const char *payment = receipt->payment_method;
    if (receipt->payment_reference[0] != '\0')
        payment = arena_printf(sheet->arena, "%s, %s", payment,
                               receipt->payment_reference);
    struct wrapped lines =
        wrap(sheet, BODY, payment, RIGHT - MIDDLE - 66, WRAP_MAX);
    for (int i = 0; i < lines.count; i++) {
        pdf_text_right(sheet->pdf, BODY, RIGHT, sheet->y, lines.lines[i]);
        sheet->y += LEADING;
    }
}

static void put_qr(struct sheet *sheet, double top)
{
    struct qr qr;
    const char *url = sheet->receipt.track_url;
    if (!qr_make(sheet->arena, url, &qr))
        return;
    pdf_cells(sheet->pdf, LEFT, top, QR_SIZE, qr.cells, qr.width);
    pdf_link(sheet->pdf, LEFT, top, QR_SIZE, QR_SIZE, url);
    pdf_text(sheet->pdf, SMALL, LEFT, top + QR_SIZE + 14,
             "Scan or click to follow the order");
}

/* "Page n of m" is known only now. */
static void put_footers(struct sheet *sheet)
{
    const char *text =
        arena_printf(sheet->arena, "Order %s \xc2\xb7 %s \xc2\xb7 %s",
                     sheet->receipt.order_number, sheet->receipt.order_id,
                     sheet->receipt.shop_name);
    struct wrapped left = wrap(sheet, SMALL, text, 380, 1);
    for (int page = 1; page <= sheet->pages; page++) {
        pdf_turn_to(sheet->pdf, page);
        pdf_box(sheet->pdf, LEFT, FOOTER - 14, RIGHT - LEFT, 0.5, RULE);
        pdf_text(sheet->pdf, SMALL, LEFT, FOOTER, left.lines[0]);
        pdf_text_right(
            sheet->pdf, SMALL, RIGHT, FOOTER,
            arena_printf(sheet->arena, "Page %d of %d", page, sheet->pages));
    }
}

static void make_printable(struct sheet *sheet)
{
    struct receipt *receipt = &sheet->receipt;
    const char **strings[] = {
        &receipt->shop_name,      &receipt->shop_tax_id,
        &receipt->order_number,   &receipt->order_id,
        &receipt->customer_name,  &receipt->customer_email,
        &receipt->payment_method, &receipt->payment_reference};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        *strings[i] = printable(sheet, *strings[i]);
}

/* libharu cannot write a font whose subset fills its 4096-byte buffers to the
 * byte (HPDF_MemStream_SeekFunc then fails): one receipt in a few hundred.
 * Characters that are measured but not drawn make the subset a little larger;
 * the same receipt still always gives the same bytes. */
static void pad_fonts(struct pdf *pdf, int characters)
{
    static const char unused[] = "\xc2\xa4\xc2\xa6\xc2\xac\xc2\xb6";
    pdf_width(pdf, SMALL, unused, 2 * (size_t)characters);
    pdf_width(pdf, STRONG, unused, 2 * (size_t)characters);
}

static bool draw(struct arena *arena, struct pdf *pdf,
                 const struct receipt *receipt, int padding,
                 struct receipt_pdf *out)
{
    struct sheet sheet = {.arena = arena, .pdf = pdf, .receipt = *receipt};
    pdf_begin(pdf, arena_printf(arena, "Receipt %s", receipt->order_number),
              receipt->paid_wall_ms);
    pad_fonts(pdf, padding);
    make_printable(&sheet);
    start_page(&sheet);
    for (size_t i = 0; i < receipt->line_count; i++)
        put_row(&sheet, &receipt->lines[i],
                i + 1 == receipt->line_count ? CLOSING_HEIGHT : 0);
    double top = sheet.y + 16;
    put_totals(&sheet);
    put_qr(&sheet, top);
    put_footers(&sheet);
    *out =
        (struct receipt_pdf){.pages = sheet.pages, .replaced = sheet.replaced};
    return pdf_finish(pdf, arena, &out->bytes, &out->length, &out->error);
}

bool receipt_pdf_make(struct arena *arena, struct pdf *pdf,
                      const struct receipt *receipt, struct receipt_pdf *out)
{
    for (int padding = 0; padding < 4; padding++)
        if (draw(arena, pdf, receipt, padding, out))
            return true;
    return false;
}
