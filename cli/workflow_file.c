/* Reads workflow definitions: see workflow_file.h. */
#include <errno.h>
#include <string.h>

#include "cli/workflow_file.h"
#include "lib/base/system/file.h"

enum { WORKFLOW_MAX_FILE = 1024 * 1024 };

/* NULL, and *json NULL, when there is no such file; only *json NULL when it
 * is no JSON: *fault says why. */
static char *read_file(const struct cli *cli, const char *path, int max_depth,
                       const struct json **json, struct json_fault *fault)
{
    size_t length;
    *json = NULL;
    char *bytes = file_read(cli->arena, path, WORKFLOW_MAX_FILE, &length);
    if (bytes == NULL)
        cli_fail("%s: %s", path,
                 errno == EFBIG ? "larger than 1 MiB" : strerror(errno));
    else
        *json = json_read(cli->arena, bytes, length, max_depth, fault);
    return bytes;
}

const struct json *workflow_read_json(const struct cli *cli, const char *path,
                                      int max_depth)
{
    const struct json *json;
    struct json_fault fault;
    if (read_file(cli, path, max_depth, &json, &fault) != NULL && json == NULL)
        cli_fail("%s: not JSON: %s at byte %zu", path, fault.detail,
                 fault.offset);
    return json;
}

const struct asl_definition *workflow_read(const struct cli *cli,
                                           const char *path, FILE *out,
                                           const char **text)
{
    const struct asl_definition *definition;
    const struct asl_mistake *mistake;
    const struct json *json;
    struct json_fault fault;
    const char *bytes = read_file(cli, path, ASL_DEPTH, &json, &fault);
    if (bytes == NULL)
        return NULL;
    if (json == NULL) {
        fprintf(out, ": not JSON: %s at byte %zu\n", fault.detail,
                fault.offset);
        return NULL;
    }
    if (!asl_parse(cli->arena, json, &definition, &mistake))
        for (; mistake != NULL; mistake = mistake->next)
            fprintf(out, "%s: %s\n", mistake->pointer, mistake->text);
    else if (text != NULL)
        *text = bytes;
    return definition;
}
