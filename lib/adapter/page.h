/* Google ctemplate behind C: the templates of one folder, loaded once, and
 * dictionaries that fill them. The template's own AUTOESCAPE line escapes HTML;
 * a value is passed in as it is. */
#ifndef ADAPTER_PAGE_H
#define ADAPTER_PAGE_H

#include <stdbool.h>

#include "lib/base/text/text.h"

struct page; /* a dictionary: a page's own or one section's */

/* Loads the named templates ("track.html", NULL at the end) from folder, once,
 * at start; dies on a missing or malformed one. */
void page_load(const char *folder, const char *const *names);

struct page *page_create(void);
void page_destroy(struct page *page); /* with its sections */

void page_set(struct page *page, const char *marker, const char *value);

/* Shows a section once more and gives its dictionary, owned by the page. */
struct page *page_section(struct page *page, const char *name);

/* Puts the template `file` where page includes `name`, and gives its
 * dictionary, owned by the page. The file must be loaded too. It inherits no
 * value. */
struct page *page_include(struct page *page, const char *name,
                          const char *file);

/* Appends the filled template; dies when the template is not loaded. */
void page_render(struct page *page, const char *name, struct text *out);

#endif
