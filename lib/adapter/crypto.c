/* libsodium behind crypto.h. */
#include "lib/adapter/crypto.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "lib/adapter/db/db.h"
#include "lib/base/log/log.h"
#include "lib/base/text/text.h"

void crypto_open(void)
{
    if (sodium_init() < 0)
        die("libsodium does not start");
}

void crypto_random(void *out, size_t length)
{
    randombytes_buf(out, length);
}

uint64_t crypto_random_bits(void *context)
{
    uint64_t bits;
    (void)context;
    crypto_random(&bits, sizeof bits);
    return bits;
}

void crypto_token(char out[CRYPTO_TOKEN_SIZE])
{
    unsigned char bytes[18];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(out, CRYPTO_TOKEN_SIZE, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void crypto_uuid(long long wall_ms, char out[CRYPTO_UUID_SIZE])
{
    unsigned char b[16];
    randombytes_buf(b, sizeof b);
    for (int i = 0; i < 6; i++)
        b[i] = (unsigned char)(wall_ms >> (40 - 8 * i));
    b[6] = (unsigned char)(0x70 | (b[6] & 0x0f));
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
    char hex[33];
    text_hex(b, sizeof b, hex);
    snprintf(out, CRYPTO_UUID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
             hex + 12, hex + 16, hex + 20);
}

void crypto_sha256_hex(const void *bytes, size_t length,
                       char out[CRYPTO_SHA256_HEX])
{
    unsigned char hash[CRYPTO_SHA256_SIZE];
    crypto_hash_sha256(hash, bytes, length);
    text_hex(hash, sizeof hash, out);
}

char *crypto_hmac(struct arena *arena, const unsigned char key[CRYPTO_KEY_SIZE],
                  const char *text)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256(mac, (const unsigned char *)text, strlen(text), key);
    char out[64];
    sodium_bin2base64(out, sizeof out, mac, sizeof mac,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return arena_string(arena, out);
}

void crypto_hmac_bytes(const void *key, size_t key_length, const void *bytes,
                       size_t length, unsigned char out[CRYPTO_SHA256_SIZE])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key, key_length);
    crypto_auth_hmacsha256_update(&state, bytes, length);
    crypto_auth_hmacsha256_final(&state, out);
}

char *crypto_base64(struct arena *arena, const void *bytes, size_t length)
{
    size_t size =
        sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL);
    char *out = arena_alloc(arena, size);
    return sodium_bin2base64(out, size, bytes, length,
                             sodium_base64_VARIANT_ORIGINAL);
}

char *crypto_base64_decode(struct arena *arena, const char *text,
                           size_t *length)
{
    size_t size = strlen(text);
    unsigned char *out = arena_alloc(arena, size / 4 * 3 + 1);
    if (sodium_base642bin(out, size / 4 * 3, text, size, NULL, length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return NULL;
    out[*length] = '\0';
    return (char *)out;
}

bool crypto_equal(const char *a, const char *b)
{
    size_t length = strlen(a);
    return length == strlen(b) && sodium_memcmp(a, b, length) == 0;
}

void crypto_password_hash(const char *password,
                          char out[CRYPTO_PASSWORD_HASH_SIZE])
{
    assert(!db_holds_lock());
    if (crypto_pwhash_str_alg(out, password, strlen(password), 2, 64UL << 20,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        die("no memory to hash a password");
}

bool crypto_password_ok(const char *hash, const char *password)
{
    assert(!db_holds_lock());
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
