/* Cookies (RFC 6265): the one place that names, reads and sets them. */
#ifndef WEB_COOKIE_H
#define WEB_COOKIE_H

#include "lib/web/web.h"

/* The name of the cookie that holds `what`: "staff" is staff_8080 where the
 * shop listens on port 8080. Two servers on one host share their cookies,
 * whatever their ports; so neither takes the other's for its own. With an https
 * BASE_URL it is __Host-staff_8080, which browsers take over TLS only and from
 * this host only (RFC 6265bis section 4.1.3.2). */
const char *cookie_name(const struct settings *settings, const char *what,
                        struct arena *arena);

/* The cookie's value; NULL when the request has none. Of two the first counts.
 */
const char *cookie_value(const struct web *web, const struct request *request,
                         const char *what);

struct cookie {
    const char *what;
    const char *value; /* NULL: takes it away */
    int64_t max_age_s; /* 0: until the browser closes */
};
void cookie_set(const struct web *web, const struct request *request,
                struct reply *reply, const struct cookie *cookie);

#endif
