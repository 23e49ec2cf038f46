/* PDF documents: see pdf.h. The only file that knows libharu.
 *
 * Text is set in single-byte fonts: libharu's own UTF-8 encoder costs 4 ms a
 * document for maps of 64 K glyphs, and keeps the last text's bytes in the
 * table it makes the next document's maps from, so that bytes would hang on
 * what was drawn before. What WinAnsi has goes through WinAnsi; any other code
 * point through an encoder for its block of 128 (code 128 + i is the block's
 * i-th), which names its glyphs uniXXXX as the Adobe Glyph List lays down.
 * Every such font shares the one embedded file, of which libharu writes only
 * the glyphs in use.
 *
 * Of either weight there are two files. Latin is small and embedded as it
 * stands: deflating it would halve the receipts a second to spare each 6 KB.
 * More is bigger, seldom needed, and deflated. */
#define _GNU_SOURCE
#include "lib/adapter/pdf.h"

#include <assert.h>
#include <hpdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/log/log.h"
#include "lib/base/text/text.h"

enum { WEIGHTS = 2, FILES = 2, LATIN = 0, MORE = 1 };
enum { BLOCK = 128, BLOCKS = 0x10000 / BLOCK, RUN_MAX = 255 };
enum { NO_COLOUR = 0x1000000 };

static const double page_height = 841.89;

struct pdf {
    HPDF_Doc doc;
    bool begun;                        /* a document is in hand */
    const char *names[WEIGHTS][FILES]; /* libharu's, as long as doc */
    HPDF_FontDef definitions[WEIGHTS][FILES];
    /* of the document in hand, by block; block 0 is WinAnsi */
    HPDF_Font fonts[WEIGHTS][BLOCKS];
    /* of the page in hand */
    HPDF_Page page;
    HPDF_Font font;
    double size;
    uint32_t rgb;
};

/* Code points of the WinAnsi codes 0x80-0x9f; 0 where there is none. */
static const uint16_t win_ansi[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static bool load_font(struct pdf *pdf, const char *folder, int weight, int file)
{
    static const char *const files[WEIGHTS][FILES] = {
        {"DejaVuSans-Latin.ttf", "DejaVuSans-More.ttf"},
        {"DejaVuSans-Bold-Latin.ttf", "DejaVuSans-Bold-More.ttf"}};
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, files[weight][file]);
    const char *name = HPDF_LoadTTFontFromFile(pdf->doc, path, HPDF_TRUE);
    if (name == NULL)
        return false;
    pdf->names[weight][file] = name;
    pdf->definitions[weight][file] = HPDF_Doc_FindFontDef(pdf->doc, name);
    return true;
}

struct pdf *pdf_open(const char *font_folder)
{
    struct pdf *pdf = calloc(1, sizeof *pdf);
    if (pdf == NULL)
        die("pdf: no memory");
    /* Without an error handler libharu's errors just stay in the document. */
    pdf->doc = HPDF_New(NULL, NULL);
    if (pdf->doc == NULL)
        die("pdf: no memory");
    for (int weight = 0; weight < WEIGHTS; weight++)
        for (int file = 0; file < FILES; file++)
            if (!load_font(pdf, font_folder, weight, file)) {
                pdf_close(pdf);
                return NULL;
            }
    /* The fonts outlive the document, which is begun anew. */
    HPDF_FreeDoc(pdf->doc);
    return pdf;
}

void pdf_close(struct pdf *pdf)
{
    if (pdf == NULL)
        return;
    HPDF_Free(pdf->doc);
    free(pdf);
}

static void set_dates(struct pdf *pdf, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    HPDF_Date date = {.year = tm.tm_year + 1900,
                      .month = tm.tm_mon + 1,
                      .day = tm.tm_mday,
                      .hour = tm.tm_hour,
                      .minutes = tm.tm_min,
                      .seconds = tm.tm_sec,
                      .ind = 'Z'};
    HPDF_SetInfoDateAttr(pdf->doc, HPDF_INFO_CREATION_DATE, date);
    HPDF_SetInfoDateAttr(pdf->doc, HPDF_INFO_MOD_DATE, date);
}

void pdf_begin(struct pdf *pdf, const char *title, int64_t wall_ms)
{
    HPDF_NewDoc(pdf->doc);
    pdf->begun = true;
    HPDF_SetInfoAttr(pdf->doc, HPDF_INFO_TITLE, title);
    HPDF_SetInfoAttr(pdf->doc, HPDF_INFO_CREATOR, "Ordermill");
    set_dates(pdf, wall_ms);
    for (int weight = 0; weight < WEIGHTS; weight++)
        for (int block = 0; block < BLOCKS; block++)
            pdf->fonts[weight][block] = NULL;
    pdf->page = NULL;
}

/* Whatever is drawn next sets its own font and colour. */
static void forget_state(struct pdf *pdf)
{
    pdf->font = NULL;
    pdf->rgb = NO_COLOUR;
}

void pdf_add_page(struct pdf *pdf)
{
    assert(pdf->begun);
    HPDF_SetCompressionMode(pdf->doc, HPDF_COMP_TEXT);
    pdf->page = HPDF_AddPage(pdf->doc);
    HPDF_Page_SetSize(pdf->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    forget_state(pdf);
}

void pdf_turn_to(struct pdf *pdf, int page)
{
    assert(pdf->begun && page >= 1);
    pdf->page = HPDF_List_ItemAt(pdf->doc->page_list, (HPDF_UINT)(page - 1));
    forget_state(pdf);
}

/* Where a code point is found: a block and the code in it. */
static uint32_t block_of(uint32_t code_point, unsigned char *code)
{
    if (code_point < 0x80 || (code_point >= 0xa0 && code_point <= 0xff)) {
        *code = (unsigned char)code_point;
        return 0;
    }
    for (unsigned i = 0; i < 32; i++)
        if (win_ansi[i] == code_point) {
            *code = (unsigned char)(0x80 + i);
            return 0;
        }
    *code = (unsigned char)(BLOCK + code_point % BLOCK);
    return code_point / BLOCK % BLOCKS;
}

/* As subset.py laid them out. */
static int file_of(uint32_t block)
{
    bool latin = block < 0x180 / BLOCK ||
                 (block >= 0x2000 / BLOCK && block < 0x2180 / BLOCK) ||
                 block == 0xfffd / BLOCK;
    return latin ? LATIN : MORE;
}

bool pdf_has_glyph(struct pdf *pdf, uint32_t code_point)
{
    unsigned char code;
    if (code_point >= 0xffff)
        return false;
    int file = file_of(block_of(code_point, &code));
    for (int weight = 0; weight < WEIGHTS; weight++)
        if (HPDF_TTFontDef_GetGlyphid(pdf->definitions[weight][file],
                                      (HPDF_UINT16)code_point) == 0)
            return false;
    return true;
}

/* libharu calls it where it writes a font of the encoder. */
static HPDF_STATUS write_block(HPDF_Encoder encoder, HPDF_Stream out)
{
    HPDF_BasicEncoderAttr attr = encoder->attr;
    char names[96 + BLOCK * sizeof "/uni0000"];
    int length = snprintf(names, sizeof names,
                          "/Encoding <<\n/Type /Encoding\n"
                          "/BaseEncoding /WinAnsiEncoding\n/Differences [%d",
                          BLOCK);
    for (int i = BLOCK; i < 2 * BLOCK; i++)
        length += snprintf(names + length, sizeof names - (size_t)length,
                           "/uni%04X", attr->unicode_map[i]);
    snprintf(names + length, sizeof names - (size_t)length, "]\n>>\n");
    return HPDF_Stream_WriteStr(out, names);
}

static HPDF_Font make_font(struct pdf *pdf, enum pdf_font font, uint32_t block)
{
    int file = file_of(block);
    const char *font_name = pdf->names[font][file];
    /* What is in force when a font is made decides about its file. */
    HPDF_SetCompressionMode(pdf->doc,
                            file == LATIN ? HPDF_COMP_TEXT : HPDF_COMP_ALL);
    if (block == 0)
        return HPDF_GetFont(pdf->doc, font_name, HPDF_ENCODING_WIN_ANSI);
    char name[16];
    snprintf(name, sizeof name, "block-%03X", block);
    if (HPDF_Doc_FindEncoder(pdf->doc, name) == NULL) {
        HPDF_Encoder encoder =
            HPDF_BasicEncoder_New(pdf->doc->mmgr, HPDF_ENCODING_WIN_ANSI);
        if (encoder == NULL)
            return NULL;
        HPDF_BasicEncoderAttr attr = encoder->attr;
        snprintf(encoder->name, sizeof encoder->name, "%s", name);
        for (uint32_t i = 0; i < BLOCK; i++)
            attr->unicode_map[BLOCK + i] = (HPDF_UNICODE)(block * BLOCK + i);
        encoder->write_fn = write_block;
        /* Kept with the fonts, for every document to come. */
        HPDF_Doc_RegisterEncoder(pdf->doc, encoder);
    }
    return HPDF_GetFont(pdf->doc, font_name, name);
}

static HPDF_Font font_of(struct pdf *pdf, enum pdf_font font, uint32_t block)
{
    if (pdf->fonts[font][block] == NULL)
        pdf->fonts[font][block] = make_font(pdf, font, block);
    return pdf->fonts[font][block];
}

/* Takes the longest run of one block from *at, at most to end; returns its
 * font, its codes in out with a NUL after them. */
static HPDF_Font take_run(struct pdf *pdf, enum pdf_font font, const char **at,
                          const char *end, unsigned char out[RUN_MAX + 1],
                          HPDF_UINT *length)
{
    uint32_t block = 0;
    *length = 0;
    while (*at < end && *length < RUN_MAX) {
        const char *next = *at;
        uint32_t found = block_of(text_next(&next), &out[*length]);
        /* ASCII is in every block's font: no change for a space. */
        if (*length > 0 && found != block && out[*length] >= 0x80)
            break;
        if (*length == 0 || out[*length] >= 0x80)
            block = found;
        (*length)++;
        *at = next;
    }
    out[*length] = '\0';
    return font_of(pdf, font, block);
}

double pdf_width(struct pdf *pdf, struct pdf_style style, const char *text,
                 size_t length)
{
    assert(pdf->begun);
    const char *end = text + length;
    double width = 0;
    while (text < end) {
        unsigned char run[RUN_MAX + 1];
        HPDF_UINT count;
        HPDF_Font font = take_run(pdf, style.font, &text, end, run, &count);
        width += HPDF_Font_TextWidth(font, run, count).width;
    }
    return width * style.size / 1000;
}

static void set_colour(struct pdf *pdf, uint32_t rgb)
{
    if (rgb == pdf->rgb)
        return;
    pdf->rgb = rgb;
    HPDF_Page_SetRGBFill(pdf->page, (HPDF_REAL)(rgb >> 16 & 0xff) / 255,
                         (HPDF_REAL)(rgb >> 8 & 0xff) / 255,
                         (HPDF_REAL)(rgb & 0xff) / 255);
}

static void set_font(struct pdf *pdf, HPDF_Font font, double size)
{
    if (font == pdf->font && size <= pdf->size && size >= pdf->size)
        return;
    pdf->font = font;
    pdf->size = size;
    HPDF_Page_SetFontAndSize(pdf->page, font, (HPDF_REAL)size);
}

void pdf_text(struct pdf *pdf, struct pdf_style style, double x, double y,
              const char *text)
{
    const char *end = text + strlen(text);
    if (text == end)
        return;
    set_colour(pdf, style.rgb);
    HPDF_Page_BeginText(pdf->page);
    HPDF_Page_MoveTextPos(pdf->page, (HPDF_REAL)x,
                          (HPDF_REAL)(page_height - y));
    while (text < end) {
        unsigned char run[RUN_MAX + 1];
        HPDF_UINT count;
        HPDF_Font font = take_run(pdf, style.font, &text, end, run, &count);
        set_font(pdf, font, style.size);
        HPDF_Page_ShowText(pdf->page, (const char *)run);
    }
    HPDF_Page_EndText(pdf->page);
}

void pdf_text_right(struct pdf *pdf, struct pdf_style style, double x, double y,
                    const char *text)
{
    pdf_text(pdf, style, x - pdf_width(pdf, style, text, strlen(text)), y,
             text);
}

void pdf_box(struct pdf *pdf, double x, double y, double width, double height,
             uint32_t rgb)
{
    set_colour(pdf, rgb);
    HPDF_Page_Rectangle(pdf->page, (HPDF_REAL)x,
                        (HPDF_REAL)(page_height - y - height), (HPDF_REAL)width,
                        (HPDF_REAL)height);
    HPDF_Page_Fill(pdf->page);
}

void pdf_cells(struct pdf *pdf, double x, double y, double size,
               const unsigned char *cells, int count)
{
    assert(count > 0);
    HPDF_REAL unit = (HPDF_REAL)(size / count);
    set_colour(pdf, 0);
    HPDF_Page_GSave(pdf->page);
    /* One unit a cell keeps the numbers short; one path for all of it leaves
     * no seams between the rows. */
    HPDF_Page_Concat(pdf->page, unit, 0, 0, unit, (HPDF_REAL)x,
                     (HPDF_REAL)(page_height - y - size));
    for (int row = 0; row < count; row++)
        for (int from = 0, to; from < count; from = to + 1) {
            for (to = from; to < count && cells[row * count + to] != 0;)
                to++;
            if (to > from)
                HPDF_Page_Rectangle(pdf->page, (HPDF_REAL)from,
                                    (HPDF_REAL)(count - row - 1),
                                    (HPDF_REAL)(to - from), 1);
        }
    HPDF_Page_Fill(pdf->page);
    HPDF_Page_GRestore(pdf->page);
}

void pdf_link(struct pdf *pdf, double x, double y, double width, double height,
              const char *url)
{
    HPDF_Rect area = {.left = (HPDF_REAL)x,
                      .right = (HPDF_REAL)(x + width),
                      .top = (HPDF_REAL)(page_height - y),
                      .bottom = (HPDF_REAL)(page_height - y - height)};
    HPDF_Annotation link = HPDF_Page_CreateURILinkAnnot(pdf->page, area, url);
    if (link != NULL)
        HPDF_LinkAnnot_SetBorderStyle(link, 0, 0, 0);
}

bool pdf_finish(struct pdf *pdf, struct arena *arena, const char **bytes,
                size_t *length, unsigned long *error)
{
    HPDF_SaveToStream(pdf->doc);
    *error = HPDF_GetError(pdf->doc);
    bool done = *error == HPDF_OK;
    if (done) {
        HPDF_UINT32 size = HPDF_GetStreamSize(pdf->doc);
        HPDF_UINT32 got = size;
        char *out = arena_alloc(arena, size);
        HPDF_ResetStream(pdf->doc);
        *error = HPDF_ReadFromStream(pdf->doc, (HPDF_BYTE *)out, &got);
        done = got == size;
        *bytes = out;
        *length = size;
    }
    HPDF_FreeDoc(pdf->doc);
    pdf->begun = false;
    pdf->page = NULL;
    return done;
}
