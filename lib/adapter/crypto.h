/* libsodium: random values, hashes, signatures, passwords. */
#ifndef ADAPTER_CRYPTO_H
#define ADAPTER_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/memory/arena.h"

enum {
    CRYPTO_SHA256_SIZE = 32,
    CRYPTO_SHA256_HEX = 65,
    CRYPTO_KEY_SIZE = 32,
    CRYPTO_TOKEN_SIZE = 25, /* 18 random bytes (144 bits) in base64url */
    CRYPTO_UUID_SIZE = 37,
    CRYPTO_PASSWORD_HASH_SIZE = 128
};

/* Once at start; dies when the kernel has no randomness. */
void crypto_open(void);

void crypto_random(void *out, size_t length);

/* 64 random bits. It has the shape of a callback, and does not look at its
 * context. */
uint64_t crypto_random_bits(void *context);

/* An unguessable token, URL-safe. */
void crypto_token(char out[CRYPTO_TOKEN_SIZE]);

/* A UUID version 7 (RFC 9562 section 5.7): it sorts by wall_ms and has 74
 * random bits. */
void crypto_uuid(long long wall_ms, char out[CRYPTO_UUID_SIZE]);

void crypto_sha256_hex(const void *bytes, size_t length,
                       char out[CRYPTO_SHA256_HEX]);

/* HMAC-SHA256 (RFC 2104) in unpadded base64url, 43 characters. */
char *crypto_hmac(struct arena *arena, const unsigned char key[CRYPTO_KEY_SIZE],
                  const char *text);

/* HMAC-SHA256 with a key of any length. */
void crypto_hmac_bytes(const void *key, size_t key_length, const void *bytes,
                       size_t length, unsigned char out[CRYPTO_SHA256_SIZE]);

/* Base64 (RFC 4648 section 4), padded. */
char *crypto_base64(struct arena *arena, const void *bytes, size_t length);

/* The bytes, *length of them and a NUL; NULL for anything but what
 * crypto_base64 writes: no white space, no missing padding, no bits left
 * over. */
char *crypto_base64_decode(struct arena *arena, const char *text,
                           size_t *length);

/* Takes the same time for all strings of one length. */
bool crypto_equal(const char *a, const char *b);

/* Argon2id with 64 MiB and 2 passes takes about 70 ms of one core. So no
 * transaction may be open, and a program that calls these is a slow one
 * (lib/web/web.h). Hashing dies without memory. */
void crypto_password_hash(const char *password,
                          char out[CRYPTO_PASSWORD_HASH_SIZE]);
bool crypto_password_ok(const char *hash, const char *password);

#endif
