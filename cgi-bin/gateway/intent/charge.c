/* Showing an intent's latest charge: see charge.h. */
#include "cgi-bin/gateway/intent/charge.h"

#include "cgi-bin/gateway/base/api.h"

int charges_show(struct web *web, struct request *request, struct reply *reply)
{
    static const struct parameter_expand expandable[] = {
        {"payment_intent", STRIPE_EXPAND_INTENT}, {NULL, 0}};
    unsigned expand;
    struct intent intent;
    int status = api_read_plain(web, request, reply, expandable, &expand);
    if (status != WEB_GO_ON)
        return status;
    if (!journal_intent_of_charge(web->reader, request->arena, request->param,
                                  &intent))
        return api_no_such(request, reply, "charge", "id", request->param);
    struct json_writer w = api_json(request, reply);
    stripe_put_charge(&w, &intent, expand);
    return 200;
}
