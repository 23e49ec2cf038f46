/* Disputes over the API: see handlers.h (docs.stripe.com/api/disputes, and
 * docs.stripe.com/testing, "Disputes", for the evidence). */
#include "cgi-bin/gateway/dispute/handlers.h"

#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/command.h"
#include "cgi-bin/gateway/dispute/dispute.h"

enum { EVIDENCE_LENGTH = 20000 };

struct dispute_change {
    bool close;
    const char *evidence; /* NULL: not given */
    bool submit;
    struct command command;
};

static bool put(struct web *web, struct arena *arena, struct json_writer *w,
                const struct dispute *dispute, unsigned expand)
{
    struct intent intent;
    if (!intent_find(web->reader, arena, dispute->intent_id, &intent))
        return false;
    dispute_put(w, dispute, &intent, expand);
    return true;
}

int dispute_show(struct web *web, struct request *request, struct reply *reply)
{
    unsigned expand;
    struct dispute dispute;
    int status =
        api_read_plain(web, request, reply, intent_ids_expandable, &expand);
    if (status != WEB_GO_ON)
        return status;
    struct json_writer w = api_json(request, reply);
    if (!dispute_find(web->reader, request->arena, request->param, &dispute) ||
        !put(web, request->arena, &w, &dispute, expand))
        return api_no_such(request, reply, "dispute", "dispute",
                           request->param);
    return 200;
}

int dispute_list(struct web *web, struct request *request, struct reply *reply)
{
    static const char *const known[] = {LISTING_KNOWN, "payment_intent", NULL};
    static const struct listing_kind kind = {
        .url = "/v1/disputes",
        .noun = "dispute",
        .known = known,
        .expandable = intent_ids_expandable_in_list,
        .place = "SELECT created_ms, sequence FROM disputes "
                 "WHERE dispute_id = $1"};
    struct listing listing;
    int status = listing_read(web, request, reply, &kind, &listing);
    if (status != WEB_GO_ON)
        return status;
    struct dispute disputes[LISTING_MOST + 1];
    int count = dispute_find_page(web->reader, request->arena,
                                  form_value(&listing.form, "payment_intent"),
                                  &listing.page, disputes);
    struct json_writer w = listing_open(request, reply);
    for (int i = 0; i < count && i < listing.limit; i++)
        put(web, request->arena, &w, &disputes[i], listing.expand);
    return listing_close(&w, &kind, &listing, count);
}

static int read_change(const struct web *web, struct request *request,
                       struct reply *reply, const char *const *known)
{
    struct dispute_change *change = arena_alloc(request->arena, sizeof *change);
    const struct form *form = &change->command.form;
    int status = command_read(web, request, reply, known, intent_ids_expandable,
                              &change->command);
    if (status != WEB_GO_ON)
        return status;
    change->submit = true;
    const struct stripe_error *error =
        parameter_text(request->arena, form, "evidence[uncategorized_text]",
                       EVIDENCE_LENGTH, &change->evidence);
    if (error == NULL)
        error = parameter_bool(request->arena, form, "submit", &change->submit);
    return command_go_on(request, reply, error, change);
}

int dispute_update_read(struct web *web, struct request *request,
                        struct reply *reply)
{
    static const char *const known[] = {"evidence[uncategorized_text]",
                                        "expand[*]", "submit", NULL};
    return read_change(web, request, reply, known);
}

int dispute_close_read(struct web *web, struct request *request,
                       struct reply *reply)
{
    static const char *const known[] = {"expand[*]", NULL};
    int status = read_change(web, request, reply, known);
    if (status == WEB_GO_ON)
        ((struct dispute_change *)request->state)->close = true;
    return status;
}

static enum dispute_status judge(const struct dispute_change *change,
                                 const struct dispute *dispute)
{
    if (change->close)
        return DISPUTE_LOST;
    if (!change->submit || dispute->evidence == NULL)
        return dispute->status;
    if (strcmp(dispute->evidence, "winning_evidence") == 0)
        return DISPUTE_WON;
    return strcmp(dispute->evidence, "losing_evidence") == 0
               ? DISPUTE_LOST
               : DISPUTE_UNDER_REVIEW;
}

static void tell(const struct cause *cause, const struct dispute *dispute,
                 const struct intent *intent)
{
    bool won = dispute->status == DISPUTE_WON;
    dispute_tell(cause, dispute, intent, "charge.dispute.updated");
    if (won || dispute->status == DISPUTE_LOST)
        dispute_tell(cause, dispute, intent, "charge.dispute.closed");
    if (won)
        dispute_tell(cause, dispute, intent, "charge.dispute.funds_reinstated");
}

static int update(struct web *web, struct request *request, struct reply *reply)
{
    const struct dispute_change *change = request->state;
    const struct cause cause = {web, request, 0, 1};
    struct arena *arena = request->arena;
    struct dispute dispute;
    struct intent intent;
    if (!dispute_find(web->writer, arena, request->param, &dispute) ||
        !intent_find(web->writer, arena, dispute.intent_id, &intent))
        return api_no_such(request, reply, "dispute", "dispute",
                           request->param);
    if (dispute.status != DISPUTE_NEEDS_RESPONSE &&
        !(dispute.status == DISPUTE_UNDER_REVIEW && change->close))
        return api_refuse(
            request, reply,
            stripe_error_create(
                arena, NULL, NULL,
                arena_printf(arena,
                             "This dispute cannot be changed any more: it has "
                             "a status of %s.",
                             names_of(&dispute_status_names, dispute.status))));
    if (change->evidence != NULL)
        dispute.evidence = change->evidence;
    dispute.status = judge(change, &dispute);
    dispute_store(web->writer, &dispute);
    tell(&cause, &dispute, &intent);
    struct json_writer w = api_json(request, reply);
    dispute_put(&w, &dispute, &intent, change->command.expand);
    return 200;
}

int dispute_update_write(struct web *web, struct request *request,
                         struct reply *reply)
{
    struct dispute_change *change = request->state;
    return command_once(web, request, reply, &change->command, update);
}
