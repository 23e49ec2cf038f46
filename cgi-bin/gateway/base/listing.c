/* Reading what a list is asked for: see listing.h. */
#include "cgi-bin/gateway/base/listing.h"

enum { LISTING_DEFAULT = 10 };

static const int64_t farthest_s = 100000000000; /* the year 5138 */

const struct stripe_error *
listing_read(struct arena *arena, const struct form *form, struct listing *out)
{
    static const struct {
        const char *name;
        int64_t since_s; /* added to a lower bound */
        int64_t until_s; /* likewise, exclusive */
        bool lower;
        bool upper;
    } bounds[] = {{"created", 0, 1, true, true},
                  {"created[gt]", 1, 0, true, false},
                  {"created[gte]", 0, 0, true, false},
                  {"created[lt]", 0, 0, false, true},
                  {"created[lte]", 0, 1, false, true}};
    int64_t limit = LISTING_DEFAULT;
    *out = (struct listing){.page = {.until_ms = INT64_MAX,
                                     .below_ms = INT64_MAX,
                                     .below_sequence = INT64_MAX},
                            .after = form_value(form, "starting_after")};
    const struct stripe_error *error =
        parameter_integer(arena, form, "limit", 1, LISTING_MOST, &limit);
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        int64_t second = 0;
        if (error != NULL || form_value(form, bounds[i].name) == NULL)
            continue;
        error = parameter_integer(arena, form, bounds[i].name, 0, farthest_s,
                                  &second);
        int64_t since_ms = (second + bounds[i].since_s) * 1000;
        int64_t until_ms = (second + bounds[i].until_s) * 1000 - 1;
        if (bounds[i].lower && since_ms > out->page.since_ms)
            out->page.since_ms = since_ms;
        if (bounds[i].upper && until_ms < out->page.until_ms)
            out->page.until_ms = until_ms;
    }
    out->limit = (int)limit;
    out->page.limit = (int)limit + 1;
    return error;
}

void listing_put_range(struct db_statement *s, const struct listing_page *page)
{
    db_put_int(s, page->since_ms);
    db_put_int(s, page->until_ms);
    db_put_int(s, page->below_ms);
    db_put_int(s, page->below_sequence);
}

void listing_put_page(struct db_statement *s, const struct listing_page *page)
{
    listing_put_range(s, page);
    db_put_int(s, page->limit);
}

bool listing_read_place(struct db_statement *s, const char *id,
                        struct listing_page *page)
{
    db_put_text(s, id);
    bool found = db_row(s);
    if (found) {
        page->below_ms = db_int(s, 0);
        page->below_sequence = db_int(s, 1);
    }
    db_done(s);
    return found;
}
