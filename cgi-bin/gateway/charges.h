/* The handler of /v1/charges/{}; see web.h for what a handler's halves are. */
#ifndef CHARGES_H
#define CHARGES_H

#include "lib/web/web.h"

int charges_show(struct web *web, struct request *request, struct reply *reply);

#endif
