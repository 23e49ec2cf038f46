/* libmd's hash functions behind digest.h. */
#include "lib/adapter/digest.h"

#include <assert.h>
#include <md5.h>
#include <sha1.h>
#include <sha2.h>
#include <string.h>

bool digest_hex(const char *name, const void *bytes, size_t length,
                char out[DIGEST_HEX])
{
    static const struct {
        const char *name;
        char *(*hex)(const uint8_t *bytes, size_t length, char *out);
    } known[] = {{"MD5", MD5Data},
                 {"SHA-1", SHA1Data},
                 {"SHA-256", SHA256Data},
                 {"SHA-384", SHA384Data},
                 {"SHA-512", SHA512Data}};
    static_assert(DIGEST_HEX >= SHA512_DIGEST_STRING_LENGTH,
                  "the longest one fits");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].hex(bytes, length, out) != NULL;
    return false;
}
