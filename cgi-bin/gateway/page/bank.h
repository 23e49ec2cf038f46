/* The bank's page at /c/bank/{intent}, where a charge that wants its
 * cardholder's approval (3-D Secure) waits for it. */
#ifndef CGI_BIN_GATEWAY_PAGE_BANK_H
#define CGI_BIN_GATEWAY_PAGE_BANK_H

#include "lib/web/web.h"

int bank_page_show(struct web *web, struct request *request,
                   struct reply *reply);
int bank_page_read(struct web *web, struct request *request,
                   struct reply *reply);
int bank_page_write(struct web *web, struct request *request,
                    struct reply *reply);

#endif
