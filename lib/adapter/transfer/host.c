/* The calls of transfer.c that wait, in one queue for each host, so that a
 * host that hangs holds up only its own. */
#define _GNU_SOURCE
#include "lib/adapter/transfer/private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct transfer_host {
    struct transfer_host *next;
    char *name; /* host:port, in lower case */
    int in_flight;
    struct transfer_call *first; /* waiting, oldest first */
    struct transfer_call **last;
};

static void fold(char *text)
{
    for (; *text != '\0'; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

/* By libcurl's own reading of the URL, which is the one that counts. False:
 * it cannot read it. */
static bool read_url(const char *url, char **host, char **port)
{
    CURLU *parts = curl_url();
    transfer_must(parts != NULL);
    *host = NULL;
    *port = NULL;
    bool read = curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_HOST, host, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_PORT, port, CURLU_DEFAULT_PORT) ==
                    CURLUE_OK;
    curl_url_cleanup(parts);
    if (read)
        fold(*host);
    return read;
}

/* What cannot be read shares one name: such a call ends at once. */
static char *name_of(const char *url)
{
    char *host, *port, *name;
    bool read = read_url(url, &host, &port);
    transfer_must(
        asprintf(&name, "%s:%s", read ? host : "", read ? port : "") >= 0);
    curl_free(host);
    curl_free(port);
    return name;
}

static struct transfer_host *find(struct transfer_hosts *hosts, char *name)
{
    for (struct transfer_host *host = hosts->first; host != NULL;
         host = host->next)
        if (strcmp(host->name, name) == 0) {
            free(name);
            return host;
        }
    struct transfer_host *host = calloc(1, sizeof *host);
    transfer_must(host != NULL);
    *host = (struct transfer_host){.next = hosts->first, .name = name};
    host->last = &host->first;
    hosts->first = host;
    return host;
}

void transfer_hosts_add(struct transfer_hosts *hosts,
                        struct transfer_call *call)
{
    call->host = find(hosts, name_of(call->url));
    call->number = hosts->count++;
    *call->host->last = call;
    call->host->last = &call->next;
}

struct transfer_call *transfer_hosts_take(struct transfer_hosts *hosts)
{
    struct transfer_host *oldest = NULL;
    for (struct transfer_host *host = hosts->first; host != NULL;
         host = host->next)
        if (host->first != NULL && host->in_flight < hosts->max_in_flight &&
            (oldest == NULL || host->first->number < oldest->first->number))
            oldest = host;
    if (oldest == NULL)
        return NULL;
    struct transfer_call *call = oldest->first;
    oldest->first = call->next;
    if (oldest->first == NULL)
        oldest->last = &oldest->first;
    oldest->in_flight++;
    return call;
}

static void forget(struct transfer_hosts *hosts, struct transfer_host *host)
{
    struct transfer_host **link = &hosts->first;
    while (*link != host)
        link = &(*link)->next;
    *link = host->next;
    free(host->name);
    free(host);
}

void transfer_hosts_leave(struct transfer_hosts *hosts,
                          struct transfer_call *call)
{
    struct transfer_host *host = call->host;
    assert(host->in_flight > 0);
    call->host = NULL;
    if (--host->in_flight == 0 && host->first == NULL)
        forget(hosts, host);
}

void transfer_hosts_free(struct transfer_hosts *hosts)
{
    while (hosts->first != NULL) {
        struct transfer_call *call = hosts->first->first;
        while (call != NULL) {
            struct transfer_call *next = call->next;
            transfer_call_free(call);
            call = next;
        }
        forget(hosts, hosts->first);
    }
}
