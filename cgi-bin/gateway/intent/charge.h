/* The handler of /v1/charges/{}; see web.h for what a handler's halves are. */
#ifndef CGI_BIN_GATEWAY_INTENT_CHARGE_H
#define CGI_BIN_GATEWAY_INTENT_CHARGE_H

#include "lib/web/web.h"

int charges_show(struct web *web, struct request *request, struct reply *reply);

#endif
