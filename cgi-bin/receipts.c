/* /receipts/FILE: checks the signature and the expiry of a link to a receipt or
 * a credit note and lets nginx send the file, which no other URL reaches. One
 * that is lost is drawn again first. */
#include <string.h>

#include "lib/base/time/clock.h"
#include "lib/shop/order/link.h"
#include "lib/site/site.h"
#include "lib/view/paper/paper.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

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
    struct arena *arena = request->arena;
    struct paper *paper = arena_alloc(arena, sizeof *paper);
    request->state = paper;
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
    if (!paper_find(web->reader, request->param, paper, arena) ||
        paper->sha256 == NULL)
        return problem(request, reply, 404, NULL);
    struct paper_again found =
        paper_get(web->reader, web->settings, NULL, paper, arena);
    if (found.outcome == PAPER_LOST)
        return problem(request, reply, 503,
                       "This paper cannot be shown at the moment; please try "
                       "again later.");
    reply->content_type = "application/pdf";
    reply_header(reply, "Content-Disposition",
                 arena_printf(arena, "inline; filename=\"%s\"",
                              paper_title(paper, found.outcome, arena)));
    reply_header(reply, "X-Accel-Redirect",
                 arena_printf(arena, "/internal/receipts/%s", found.file));
    return found.untold ? WEB_GO_ON : 200;
}

/* Of a copy that nobody was told of yet. */
static int tell(struct web *web, struct request *request, struct reply *reply)
{
    (void)reply;
    paper_tell_of_copy(web->writer, request->state, clock_wall_ms(),
                       request->arena);
    return 200;
}

int main(void)
{
    static const struct route routes[] = {{"GET", "/receipts/{}", get, tell},
                                          {0}};
    return site_main(&(struct web_program){
        .name = "receipts", .routes = routes, .slow = true});
}
