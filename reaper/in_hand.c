/* What is in hand: see in_hand.h. */
#define _GNU_SOURCE
#include "reaper/in_hand.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/log.h"

#define EVENT_NOTE "event "

struct in_hand in_hand_open(const char *folder, char last[CRYPTO_UUID_SIZE])
{
    char path[4096];
    snprintf(path, sizeof path, "%s/reaper.hand", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, CRYPTO_UUID_SIZE) != 0)
        die("%s: %s", path, strerror(errno));
    char *note =
        mmap(NULL, CRYPTO_UUID_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (note == MAP_FAILED)
        die("%s: %s", path, strerror(errno));
    close(fd);
    memcpy(last, note, CRYPTO_UUID_SIZE);
    last[CRYPTO_UUID_SIZE - 1] = '\0';
    struct in_hand hand = {.note = note};
    in_hand_clear(&hand);
    return hand;
}

void in_hand_take(struct in_hand *hand, const char *order_id)
{
    memcpy(hand->note, order_id, CRYPTO_UUID_SIZE);
}

void in_hand_take_event(struct in_hand *hand, int64_t sequence)
{
    snprintf(hand->note, CRYPTO_UUID_SIZE, EVENT_NOTE "%lld",
             (long long)sequence);
}

int64_t in_hand_event(const char *last)
{
    size_t length = sizeof EVENT_NOTE - 1;
    return strncmp(last, EVENT_NOTE, length) == 0 ? atoll(last + length) : 0;
}

void in_hand_clear(struct in_hand *hand)
{
    memcpy(hand->note, IN_HAND_NOTHING, sizeof IN_HAND_NOTHING);
}

void in_hand_close(struct in_hand *hand)
{
    hand->note[0] = '\0';
}
