/* Timestamps of the language: see timestamp.h. Called by choice.c and by
 * whoever waits for a time. */
#include "lib/asl/timestamp.h"

static bool take(const char **at, char wanted)
{
    if (**at != wanted)
        return false;
    (*at)++;
    return true;
}

static bool take_digits(const char **at, int count, int least, int most,
                        int *out)
{
    int number = 0;
    for (; count > 0; count--, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        number = number * 10 + (**at - '0');
    }
    *out = number;
    return number >= least && number <= most;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (leap && month == 2);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. Years run from
 * March here, so that the leap day is the last one; 400 more keep the year
 * before 1 March of the year 0 from being negative. */
static int64_t days_since_1970(int year, int month, int day)
{
    int from_march = (month + 9) % 12;
    int64_t years = year + 400 - (month <= 2);
    int64_t days = years * 365 + years / 4 - years / 100 + years / 400;
    return days + (153 * from_march + 2) / 5 + day - 1 - 146097 - 719468;
}

/* Nanoseconds; digits beyond the ninth are read and dropped. */
static bool take_fraction(const char **at, int32_t *out)
{
    int32_t unit = 100000000;
    *out = 0;
    if (!take(at, '.'))
        return true;
    if (**at < '0' || **at > '9')
        return false;
    for (; **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
        *out += (**at - '0') * unit;
    return true;
}

static bool take_offset(const char **at, int *minutes)
{
    *minutes = 0;
    if (take(at, 'Z'))
        return true;
    int sign = **at == '-' ? -1 : 1;
    int hour, minute;
    if (!take(at, '+') && !take(at, '-'))
        return false;
    if (!take_digits(at, 2, 0, 23, &hour) || !take(at, ':') ||
        !take_digits(at, 2, 0, 59, &minute))
        return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

/* RFC 3339, 5.7: a leap second is the last one of a month in UTC. In which
 * months there is one is not known ahead, so it may be any. The minute counts
 * from the midnight at which the day begins; no offset is long enough to put
 * the last minute of UTC's next day into it. */
static bool ends_month(int year, int month, int day, int utc_minute)
{
    return (utc_minute == -1 && day == 1) ||
           (utc_minute == 24 * 60 - 1 && day == days_in_month(year, month));
}

bool timestamp_parse(const char *text, struct timestamp *out)
{
    const char *at = text;
    int year, month, day, hour, minute, second, offset;
    int32_t nanoseconds;
    if (!take_digits(&at, 4, 0, 9999, &year) || !take(&at, '-') ||
        !take_digits(&at, 2, 1, 12, &month) || !take(&at, '-') ||
        !take_digits(&at, 2, 1, days_in_month(year, month), &day) ||
        !take(&at, 'T') || !take_digits(&at, 2, 0, 23, &hour) ||
        !take(&at, ':') || !take_digits(&at, 2, 0, 59, &minute) ||
        !take(&at, ':') || !take_digits(&at, 2, 0, 60, &second) ||
        !take_fraction(&at, &nanoseconds) || !take_offset(&at, &offset) ||
        *at != '\0')
        return false;
    int utc_minute = hour * 60 + minute - offset;
    if (second == 60 && !ends_month(year, month, day, utc_minute))
        return false;
    int64_t minutes = days_since_1970(year, month, day) * 24 * 60 + utc_minute;
    out->ms = (minutes * 60 + second) * 1000 + nanoseconds / 1000000;
    out->beyond_ns = nanoseconds % 1000000;
    return true;
}

int timestamp_compare(struct timestamp a, struct timestamp b)
{
    if (a.ms != b.ms)
        return a.ms < b.ms ? -1 : 1;
    return (a.beyond_ns > b.beyond_ns) - (a.beyond_ns < b.beyond_ns);
}
