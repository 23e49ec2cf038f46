/* Lists: see listing.h. */
#include "cgi-bin/gateway/base/listing.h"

#include <assert.h>

#include "cgi-bin/gateway/base/api.h"

enum { LISTING_DEFAULT = 10 };

static const struct stripe_error *
read_page(struct arena *arena, const struct form *form, struct listing *out)
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
    out->page = (struct listing_page){.until_ms = INT64_MAX,
                                      .below_ms = INT64_MAX,
                                      .below_sequence = INT64_MAX};
    const struct stripe_error *error =
        parameter_integer(arena, form, "limit", 1, LISTING_MOST, &limit);
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        int64_t second = 0;
        if (error != NULL || form_value(form, bounds[i].name) == NULL)
            continue;
        error = parameter_time(arena, form, bounds[i].name, &second);
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

/* Lets the page begin behind the row; false when there is none. */
static bool begin_behind(struct db *db, const char *literal, const char *id,
                         struct listing_page *page)
{
    struct db_statement *s = db_sql(db, literal);
    db_put_text(s, id);
    bool found = db_row(s);
    if (found) {
        page->below_ms = db_int(s, 0);
        page->below_sequence = db_int(s, 1);
    }
    db_done(s);
    return found;
}

int listing_read(struct web *web, const struct request *request,
                 struct reply *reply, const struct listing_kind *kind,
                 struct listing *out)
{
    struct form *form = &out->form;
    int status = api_read(web, request, reply, kind->known, form);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error = read_page(request->arena, form, out);
    if (error == NULL)
        error = parameter_expand(request->arena, form, kind->expandable,
                                 &out->expand);
    if (error != NULL)
        return api_refuse(request, reply, error);
    const char *after = form_value(form, "starting_after");
    if (after != NULL &&
        !begin_behind(web->reader, kind->place, after, &out->page))
        return api_no_such(request, reply, kind->noun, "starting_after", after);
    return WEB_GO_ON;
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

struct json_writer listing_open(const struct request *request,
                                struct reply *reply)
{
    struct json_writer w = api_json(request, reply);
    json_open(&w, '{');
    json_string_member(&w, "object", "list");
    json_key(&w, "data");
    json_open(&w, '[');
    return w;
}

int listing_close(struct json_writer *w, const struct listing_kind *kind,
                  const struct listing *listing, int found)
{
    assert(found >= 0 && found <= listing->limit + 1);
    json_close(w, ']');
    json_key(w, "has_more");
    json_put_bool(w, found > listing->limit);
    json_string_member(w, "url", kind->url);
    json_close(w, '}');
    return 200;
}
