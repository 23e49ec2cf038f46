/* The hosted page at /c/pay/{session}, in place of Stripe's: shows what is
 * paid and plays the scenario whose button is pressed. */
#ifndef CGI_BIN_GATEWAY_PAGE_CHECKOUT_H
#define CGI_BIN_GATEWAY_PAGE_CHECKOUT_H

#include "lib/web/web.h"

int checkout_page_show(struct web *web, struct request *request,
                       struct reply *reply);
int checkout_page_read(struct web *web, struct request *request,
                       struct reply *reply);
int checkout_page_write(struct web *web, struct request *request,
                        struct reply *reply);

#endif
