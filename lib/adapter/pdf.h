/* PDF documents of A4 pages by libharu, with the fonts of lib/adapter/fonts.
 * The reaper opens one struct pdf at its start and draws every paper with it; a
 * program that seldom draws opens one when it needs it.
 *
 * Lengths are points (1/72 inch); x and y count from the page's upper left
 * corner, and a text's y is its baseline. Strings are valid UTF-8 of code
 * points that pdf_has_glyph accepts. Colours are 0xRRGGBB.
 *
 * The drawing calls return nothing: an error sticks to the document, and
 * pdf_finish tells of it. */
#ifndef ADAPTER_PDF_H
#define ADAPTER_PDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/memory/arena.h"

enum pdf_font { PDF_REGULAR, PDF_BOLD };

struct pdf_style {
    enum pdf_font font;
    double size; /* points */
    uint32_t rgb;
};

struct pdf;

/* Reads the fonts from font_folder and keeps the files open. NULL when one
 * cannot be read. */
struct pdf *pdf_open(const char *font_folder);
void pdf_close(struct pdf *pdf); /* also NULL */

/* Starts an empty document; one begun before is dropped. wall_ms becomes both
 * of its dates, and title (ASCII) its title. The same calls give the same
 * bytes, whatever was drawn before. */
void pdf_begin(struct pdf *pdf, const char *title, int64_t wall_ms);

/* pdf_add_page adds a page, pdf_turn_to goes back to one (they count from 1).
 * All is drawn on that page until the next call of these two. */
void pdf_add_page(struct pdf *pdf);
void pdf_turn_to(struct pdf *pdf, int page);

/* True when both fonts can show the code point. */
bool pdf_has_glyph(struct pdf *pdf, uint32_t code_point);

/* The width of length bytes of text. Only between pdf_begin and pdf_finish;
 * what was measured is embedded, so measure what you draw. */
double pdf_width(struct pdf *pdf, struct pdf_style style, const char *text,
                 size_t length);

/* One line that starts, or ends, at x. */
void pdf_text(struct pdf *pdf, struct pdf_style style, double x, double y,
              const char *text);
void pdf_text_right(struct pdf *pdf, struct pdf_style style, double x, double y,
                    const char *text);

/* A filled rectangle; a thin one is a rule. */
void pdf_box(struct pdf *pdf, double x, double y, double width, double height,
             uint32_t rgb);

/* A black square picture of count * count cells, row by row; what is not zero
 * is dark. At least one is dark. */
void pdf_cells(struct pdf *pdf, double x, double y, double size,
               const unsigned char *cells, int count);

/* A rectangle that opens url (ASCII) when clicked. */
void pdf_link(struct pdf *pdf, double x, double y, double width, double height,
              const char *url);

/* Ends the document; its bytes are in arena. False when a call since
 * pdf_begin failed: *error is then libharu's code (hpdf_error.h). */
bool pdf_finish(struct pdf *pdf, struct arena *arena, const char **bytes,
                size_t *length, unsigned long *error);

#endif
