/* Problem documents: see problem.h. */
#include "lib/web/problem.h"

#include <assert.h>

#include "lib/base/text/json_writer.h"

const char *problem_title(int status)
{
    static const struct {
        int status;
        const char *title;
    } titles[] = {{200, "OK"},
                  {201, "Created"},
                  {202, "Accepted"},
                  {204, "No Content"},
                  {303, "See Other"},
                  {304, "Not Modified"},
                  {400, "Bad Request"},
                  {401, "Unauthorized"},
                  {402, "Payment Required"},
                  {403, "Forbidden"},
                  {404, "Not Found"},
                  {405, "Method Not Allowed"},
                  {409, "Conflict"},
                  {413, "Content Too Large"},
                  {415, "Unsupported Media Type"},
                  {422, "Unprocessable Content"},
                  {429, "Too Many Requests"},
                  {500, "Internal Server Error"},
                  {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Unknown";
}

static int write_problem(const struct request *request, struct reply *reply,
                         int status, const char *detail,
                         const struct faults *faults)
{
    assert(status >= 400);
    reply->content_type = "application/problem+json";
    reply->body = text_create(request->arena, 512);
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_string_member(&w, "type", "about:blank");
    json_string_member(&w, "title", problem_title(status));
    json_int_member(&w, "status", status);
    json_string_member(&w, "detail", detail);
    json_string_member(&w, "request_id", request->id);
    if (faults->count > 0) {
        json_key(&w, "errors");
        json_open(&w, '[');
        for (size_t i = 0; i < faults->count; i++) {
            json_open(&w, '{');
            json_string_member(&w, "pointer", faults->list[i].pointer);
            json_string_member(&w, "detail", faults->list[i].detail);
            json_close(&w, '}');
        }
        json_close(&w, ']');
    }
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
    return status;
}

int problem(const struct request *request, struct reply *reply, int status,
            const char *detail)
{
    const struct faults none = {.count = 0};
    return write_problem(request, reply, status,
                         detail == NULL ? problem_title(status) : detail,
                         &none);
}

int problem_fields(const struct request *request, struct reply *reply,
                   int status, const struct faults *faults)
{
    assert(faults->count > 0);
    return write_problem(request, reply, status, faults->list[0].detail,
                         faults);
}

int problem_field(const struct request *request, struct reply *reply,
                  int status, const char *pointer, const char *detail)
{
    struct faults one = {.count = 0};
    fault_add(&one, pointer, detail);
    return write_problem(request, reply, status, detail, &one);
}
