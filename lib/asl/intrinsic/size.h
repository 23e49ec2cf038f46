/* How long a value is as JSON, found without writing it: paths share what they
 * select, so a small template can stand for more than memory holds. Private to
 * lib/asl. */
#ifndef ASL_INTRINSIC_SIZE_H
#define ASL_INTRINSIC_SIZE_H

#include <stddef.h>

#include "lib/adapter/json/json.h"

/* How many bytes json_print would give. Stops counting beyond `most`, and gives
 * SIZE_MAX for a value that is nested deeper than ASL_DATA_DEPTH. */
size_t intrinsic_size(const struct json *value, size_t most);

#endif
