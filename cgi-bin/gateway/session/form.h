/* The parameters of POST /v1/checkout/sessions (docs.stripe.com/api/checkout/
 * sessions/create), those that paying once by card needs; every other is
 * refused as unknown. */
#ifndef CGI_BIN_GATEWAY_SESSION_FORM_H
#define CGI_BIN_GATEWAY_SESSION_FORM_H

#include "cgi-bin/gateway/base/parameter.h"

extern const char *const session_form_known[]; /* for parameter_read */

/* NULL and *out as asked for, still without id, status and url; or what the
 * request is refused with. */
const struct stripe_error *session_form_read(struct arena *arena,
                                             const struct form *form,
                                             int64_t now_ms,
                                             struct session *out);

#endif
