/* Reading a request from and sending a reply to one FastCGI connection. */
#define _GNU_SOURCE
#include "lib/web/slot.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/web/problem.h"

enum { SLOT_DRAIN = 8 * 1024 };

const char *request_header(const struct request *request, const char *name)
{
    size_t length = strlen(name);
    for (char *const *v = request->variables; *v != NULL; v++)
        if (strncmp(*v, name, length) == 0 && (*v)[length] == '=')
            return *v + length + 1;
    return NULL;
}

const char *request_variable(const struct request *request, const char *name)
{
    const char *value = request_header(request, name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

bool request_is_json(const struct request *request)
{
    const char *type = request_variable(request, "CONTENT_TYPE");
    return type != NULL && strncasecmp(type, "application/json", 16) == 0 &&
           strchr("; \t", type[16]) != NULL;
}

/* libfcgi may have closed, kept or replaced the connection: look again. */
static void settle(struct slot *slot)
{
    slot->state = slot->fcgx.ipcFd < 0 ? SLOT_FREE : SLOT_IDLE;
}

bool slot_accept(struct slot *slot, int listen_fd)
{
    assert(slot->state == SLOT_FREE || slot->state == SLOT_IDLE);
    if (!slot->known)
        FCGX_InitRequest(&slot->fcgx, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR);
    slot->known = true;
    bool taken = FCGX_Accept_r(&slot->fcgx) == 0;
    settle(slot);
    return taken;
}

static const char *or_empty(const char *value)
{
    return value == NULL ? "" : value;
}

void slot_open(struct slot *slot, struct arena_pool *pool)
{
    slot->arena = arena_pool_take(pool);
    slot->request = (struct request){
        .arena = &slot->arena, .variables = slot->fcgx.envp, .body = ""};
    struct request *request = &slot->request;
    request->method = or_empty(request_variable(request, "REQUEST_METHOD"));
    request->path = or_empty(request_variable(request, "DOCUMENT_URI"));
    request->query = or_empty(request_variable(request, "QUERY_STRING"));
    request->address = or_empty(request_variable(request, "REMOTE_ADDR"));
    request->id = or_empty(request_variable(request, "REQUEST_ID"));
    slot->reply = (struct reply){.headers = text_create(&slot->arena, 256),
                                 .body = text_create(&slot->arena, 1024),
                                 .content_type = "application/json"};
}

long slot_body_length(const struct slot *slot)
{
    const char *stated = request_variable(&slot->request, "CONTENT_LENGTH");
    if (stated == NULL)
        return 0;
    char *end;
    long length = strtol(stated, &end, 10);
    return *end == '\0' && length >= 0 ? length : -1;
}

int slot_read_body(struct slot *slot, size_t max_body)
{
    struct request *request = &slot->request;
    long length = slot_body_length(slot);
    if (length < 0)
        return 400;
    if ((size_t)length > max_body)
        return 413;
    if (length == 0)
        return 0;
    char *body = arena_alloc(&slot->arena, (size_t)length + 1);
    int used = 0;
    while (used < length) {
        int got = FCGX_GetStr(body + used, (int)length - used, slot->fcgx.in);
        if (got <= 0)
            break;
        used += got;
    }
    request->body = body;
    request->body_length = (size_t)used;
    return used == length && FCGX_GetError(slot->fcgx.in) == 0 ? 0 : 400;
}

/* To the end that nginx sends for itself, which may come after the body: what
 * is left of a request would be taken for the connection's next one. nginx has
 * all of it, so this waits for nobody else. */
static void drain(struct slot *slot)
{
    char bytes[SLOT_DRAIN];
    while (FCGX_GetStr(bytes, sizeof bytes, slot->fcgx.in) > 0)
        continue;
}

void slot_send(struct slot *slot, struct arena_pool *pool)
{
    struct reply *reply = &slot->reply;
    FCGX_Stream *out = slot->fcgx.out;
    char *head = arena_printf(
        &slot->arena, "Status: %d %s\r\nContent-Type: %s\r\n", slot->status,
        problem_title(slot->status), reply->content_type);
    FCGX_PutStr(head, (int)strlen(head), out);
    FCGX_PutStr(reply->headers.bytes, (int)reply->headers.length, out);
    if (slot->status != 204 && slot->status != 304)
        FCGX_FPrintF(out, "Content-Length: %d\r\n", (int)reply->body.length);
    FCGX_PutStr("\r\n", 2, out);
    FCGX_PutStr(reply->body.bytes, (int)reply->body.length, out);
    drain(slot);
    FCGX_Finish_r(&slot->fcgx);
    arena_pool_give(pool, &slot->arena);
    settle(slot);
}
