/* /task-tokens/{token}: what those bring whom a task of the workflow waits
 * for. Who has the token may. */
#include "lib/api/execution_request.h"
#include "lib/shop/execution/task_token.h"
#include "lib/site/site.h"
#include "lib/web/problem.h"

/* A state's largest output with what stands around it; the rest of what nginx
 * lets through. One that is too large for its state fails the state. */
enum { TASK_TOKENS_BODY = 512 * 1024 };

struct answer {
    const char *json; /* NULL: a heartbeat */
};

static int answer_with(struct web *web, const struct request *request,
                       struct reply *reply, enum task_token_outcome outcome)
{
    switch (outcome) {
    case TASK_TOKEN_TAKEN:
        web->wake = true;
        return 204;
    case TASK_TOKEN_USED:
        return problem(request, reply, 409, "An answer came before.");
    case TASK_TOKEN_UNKNOWN:
        break;
    }
    return problem(request, reply, 404,
                   "No task waits for this token, or no longer.");
}

/* A body is worth reading only with a token. */
static int read_answer(struct web *web, struct request *request,
                       struct reply *reply)
{
    enum task_token_outcome outcome =
        task_token_look(web->reader, request->param);
    if (outcome != TASK_TOKEN_TAKEN)
        return answer_with(web, request, reply, outcome);
    struct answer *answer = arena_alloc(request->arena, sizeof *answer);
    request->state = answer;
    return execution_request_answer(request, reply, &answer->json);
}

static int take(struct web *web, struct request *request, struct reply *reply)
{
    const struct answer *answer = request->state;
    return answer_with(
        web, request, reply,
        task_token_answer(web->writer, request->param, answer->json));
}

int main(void)
{
    static const struct route routes[] = {
        {"POST", "/task-tokens/{}", read_answer, take}, {0}};
    return site_main(&(struct web_program){
        .name = "task-tokens", .routes = routes, .max_body = TASK_TOKENS_BODY});
}
