/* Where the local gateway may send its events: on this machine, to the shop's
 * own address, and to the hosts in ORDERMILL_GATEWAY_WEBHOOK_HOSTS. Whoever
 * holds its key must not reach the inner network through it. */
#ifndef CGI_BIN_GATEWAY_ENDPOINT_TARGET_H
#define CGI_BIN_GATEWAY_ENDPOINT_TARGET_H

#include "lib/adapter/transfer/transfer.h"
#include "lib/base/settings.h"

/* Where the shop itself takes the events, in arena. */
const char *target_shop(const struct settings *settings, struct arena *arena);

/* False: never. True: *reach is what a call to url has to keep to, since what
 * a name stands for is known only when it is called. */
bool target_reach(const struct settings *settings, const char *url,
                  enum transfer_reach *reach, struct arena *arena);

#endif
