/* OpenSSL's hash functions behind digest.h. */
#include "lib/adapter/digest.h"

#include <openssl/evp.h>
#include <string.h>

#include "lib/base/text/text.h"

static const EVP_MD *find(const char *name)
{
    static const struct {
        const char *name;
        const EVP_MD *(*digest)(void);
    } known[] = {{"MD5", EVP_md5},
                 {"SHA-1", EVP_sha1},
                 {"SHA-256", EVP_sha256},
                 {"SHA-384", EVP_sha384},
                 {"SHA-512", EVP_sha512}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].digest();
    return NULL;
}

bool digest_hex(const char *name, const void *bytes, size_t length,
                char out[DIGEST_HEX])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const EVP_MD *digest = find(name);
    if (digest == NULL ||
        EVP_Digest(bytes, length, hash, &size, digest, NULL) != 1)
        return false;
    text_hex(hash, size, out);
    return true;
}
