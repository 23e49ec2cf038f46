/* /receipts/FILE: checks the signature and the expiry of a link to a receipt or
 * a credit note and lets nginx send the file, which no other URL reaches. */
#include <string.h>

#include "lib/shop/order/link.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/paper/receipt.h"
#include "lib/site/site.h"
#include "lib/web/form.h"
#include "lib/web/problem.h"

/* What the file is called where it is kept; NULL: there is no such one. */
static const char *find_name(struct db *db, const char *file,
                             struct arena *arena)
{
    struct order order;
    struct credit_note note;
    const char *order_id = receipt_order(db, file, arena);
    if (order_id != NULL && order_find(db, order_id, &order, arena))
        return arena_printf(arena, "receipt-%lld.pdf", (long long)order.number);
    if (credit_note_find_file(db, file, &note, arena) && note.on_disk)
        return arena_printf(arena, "credit-note-%lld.pdf",
                            (long long)note.number);
    return NULL;
}

static enum link_check check(const struct web *web,
                             const struct request *request)
{
    struct form form;
    const char *fault;
    if (!form_read(request->arena, request->query, strlen(request->query),
                   &form, &fault))
        return LINK_FORGED;
    return link_check_document(web->signing_key, request->param,
                               form_value(&form, "expires"),
                               form_value(&form, "signature"), request->arena);
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
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
    const char *name = find_name(web->reader, file, request->arena);
    if (name == NULL)
        return problem(request, reply, 404, NULL);
    reply->content_type = "application/pdf";
    reply_header(reply, "Content-Disposition",
                 arena_printf(request->arena, "inline; filename=\"%s\"", name));
    reply_header(reply, "X-Accel-Redirect",
                 arena_printf(request->arena, "/internal/receipts/%s", file));
    return 200;
}

int main(void)
{
    static const struct route routes[] = {{"GET", "/receipts/{}", get, NULL},
                                          {0}};
    return site_main(
        &(struct web_program){.name = "receipts", .routes = routes});
}
