/* /receipts/FILE: checks the signature and the expiry of a link to a receipt or
 * a credit note and lets nginx send the file, which no other URL reaches. One
 * that is lost is drawn again first. */
#include <string.h>

#include "lib/base/clock.h"
#include "lib/shop/order/link.h"
#include "lib/site/site.h"
#include "lib/view/paper/paper.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

/* The next one who asks tells staff if the database cannot take it now. */
static void tell(struct web *web, const struct paper *paper,
                 struct arena *arena)
{
    if (!web_begin(web))
        return;
    paper_tell_of_copy(web->writer, paper, clock_wall_ms(), arena);
    web_commit(web);
}

static int send(struct web *web, struct request *request, struct reply *reply,
                const struct paper *paper)
{
    struct arena *arena = request->arena;
    struct paper_again found =
        paper_get(web->reader, web->settings, NULL, paper, arena);
    if (found.outcome == PAPER_LOST)
        return problem(request, reply, 503,
                       "This paper cannot be shown at the moment; please try "
                       "again later.");
    if (found.untold)
        tell(web, paper, arena);
    reply->content_type = "application/pdf";
    reply_header(reply, "Content-Disposition",
                 arena_printf(arena, "inline; filename=\"%s\"",
                              paper_title(paper, found.outcome, arena)));
    reply_header(reply, "X-Accel-Redirect",
                 arena_printf(arena, "/internal/receipts/%s", found.file));
    return 200;
}

static enum link_check check(const struct web *web,
                             const struct request *request)
{
    const struct form form = query_form(request);
    return link_check_document(web->signing_key, request->param,
                               form_value(&form, "expires"),
                               form_value(&form, "signature"), request->arena);
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
    struct paper paper;
    const char *file = request->param;
    switch (check(web, request)) {
    case LINK_OK:
        break;
    case LINK_EXPIRED:
        return problem(request, reply, 403,
                       "This link has expired. The order's page has a fresh "
                       "one.");
    case LINK_FORGED:
        return problem(request, reply, 403, "This link is not complete.");
    }
    if (!paper_find(web->reader, file, &paper, request->arena) ||
        paper.sha256 == NULL)
        return problem(request, reply, 404, NULL);
    return send(web, request, reply, &paper);
}

int main(void)
{
    static const struct route routes[] = {{"GET", "/receipts/{}", get, NULL},
                                          {0}};
    return site_main(&(struct web_program){
        .name = "receipts", .routes = routes, .slow = true});
}
