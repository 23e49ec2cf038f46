/* Packing by zlib: see deflate.h. Its memory is the arena's. */
#include "lib/adapter/deflate.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "lib/base/log/log.h"

enum {
    WINDOW_BITS = 13, /* 8 KiB */
    MEMORY_LEVEL = 6,
    READ_AT_ONCE = 16 * 1024
};

static void *take(void *arena, unsigned count, unsigned size)
{
    return arena_alloc(arena, (size_t)count * size);
}

static void give(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

static z_stream open_stream(struct arena *arena, const void *bytes,
                            size_t length)
{
    assert(length <= (uInt)-1);
    union {
        const void *read;
        Bytef *bytes; /* zlib's next_in is not const, but only read */
    } in = {.read = bytes};
    return (z_stream){.zalloc = take,
                      .zfree = give,
                      .opaque = arena,
                      .next_in = in.bytes,
                      .avail_in = (uInt)length};
}

struct deflated deflate_text(struct arena *arena, const char *dictionary,
                             const char *text)
{
    size_t length = strlen(text);
    z_stream stream = open_stream(arena, text, length);
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS,
                     MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflateSetDictionary(&stream, (const Bytef *)dictionary,
                             (uInt)strlen(dictionary)) != Z_OK)
        die("zlib does not begin: %s", stream.msg == NULL ? "" : stream.msg);
    uLong room = deflateBound(&stream, (uLong)length);
    unsigned char *out = arena_alloc(arena, room);
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    int code = deflate(&stream, Z_FINISH);
    assert(code == Z_STREAM_END);
    size_t packed = room - stream.avail_out;
    deflateEnd(&stream);
    return (struct deflated){.bytes = out, .length = packed};
}

char *deflate_read(struct arena *arena, const char *dictionary,
                   struct deflated packed)
{
    z_stream stream = open_stream(arena, packed.bytes, packed.length);
    if (inflateInit2(&stream, WINDOW_BITS) != Z_OK)
        die("zlib does not begin: %s", stream.msg == NULL ? "" : stream.msg);
    /* zlib has all memory that it needs once the window is there: the text
     * grows at the arena's end. */
    unsigned char nothing;
    stream.next_out = &nothing; /* the head gives no bytes yet */
    int code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_NEED_DICT ||
        inflateSetDictionary(&stream, (const Bytef *)dictionary,
                             (uInt)strlen(dictionary)) != Z_OK)
        return NULL;
    size_t length = 0;
    size_t room = READ_AT_ONCE;
    char *out = arena_alloc(arena, room);
    do {
        if (length + 1 == room) {
            assert(arena->base + arena->used == out + room);
            arena_alloc_more(arena, READ_AT_ONCE);
            room += READ_AT_ONCE;
        }
        stream.next_out = (Bytef *)out + length;
        stream.avail_out = (uInt)(room - 1 - length);
        code = inflate(&stream, Z_NO_FLUSH);
        length = room - 1 - stream.avail_out;
    } while (code == Z_OK);
    inflateEnd(&stream);
    out[length] = '\0';
    return code == Z_STREAM_END && strlen(out) == length ? out : NULL;
}
