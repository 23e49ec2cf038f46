/* The parameters of POST /v1/payment_intents (docs.stripe.com/api/
 * payment_intents/create), those that a card payment needs; every other is
 * refused as unknown. */
#ifndef CGI_BIN_GATEWAY_INTENT_FORM_H
#define CGI_BIN_GATEWAY_INTENT_FORM_H

#include "cgi-bin/gateway/base/parameter.h"
#include "cgi-bin/gateway/base/test_card.h"

extern const char *const intent_form_known[]; /* for parameter_read */

/* What every answer that is an intent may expand. */
extern const struct parameter_expand intent_form_expand[];

struct intent_form {
    struct intent intent; /* as asked for; id, status and time are still 0 */
    const struct test_card *card; /* NULL: none named; never with confirm */
    bool confirm;
    unsigned expand;
};

/* NULL and *out filled in, or what the request is refused with. */
const struct stripe_error *intent_form_read(struct arena *arena,
                                            const struct form *form,
                                            struct intent_form *out);

/* payment_method; NULL when it is absent. */
const struct stripe_error *intent_form_card(struct arena *arena,
                                            const struct form *form,
                                            const struct test_card **out);

/* NULL, or why the intent cannot be confirmed with the card (NULL: none). */
const struct stripe_error *intent_form_check(struct arena *arena,
                                             const struct intent *intent,
                                             const struct test_card *card);

#endif
