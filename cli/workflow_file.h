/* Workflow definitions as files: what `ordermill workflow`, init and serve
 * share. */
#ifndef CLI_WORKFLOW_FILE_H
#define CLI_WORKFLOW_FILE_H

#include <stdio.h>

#include "cli/cli.h"
#include "lib/asl/asl.h"

/* The file's whole JSON; NULL when it cannot be read (said so on stderr). */
const struct json *workflow_read_json(const struct cli *cli, const char *path,
                                      int max_depth);

/* The definition in the file; *text is its text, unless text is NULL. NULL when
 * it is wrong: then out has a line for each mistake. */
const struct asl_definition *workflow_read(const struct cli *cli,
                                           const char *path, FILE *out,
                                           const char **text);

/* The text of the shop's workflow (ORDERMILL_WORKFLOW) when the shop can run
 * it; NULL, with every reason on stderr, when it cannot. Warns of a workflow
 * that can succeed without taking the goods from stock. */
const char *workflow_read_own(const struct cli *cli);

#endif
