/* The scan that comes before cJSON, which is laxer than RFC 8259: it judges
 * every byte of a document. Called by json.c alone. */
#ifndef ADAPTER_JSON_SCAN_H
#define ADAPTER_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/adapter/json/json.h"

/* False, with the fault filled in, for all that json_read refuses, save two
 * things: a key that stands twice, and a number out of range. bytes[length] is
 * NUL. */
bool json_scan(const char *bytes, size_t length, struct json_limits limits,
               struct json_fault *fault);

#endif
