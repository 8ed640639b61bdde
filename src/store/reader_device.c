/*
 * Which devices somebody means, and how they stand.
 *
 * A dialer asks before each call: an account, a user or an address is found by
 * an index. Only what is none of these, or has a "*" in it, is compared with
 * every device.
 */

#include <string.h>

#include "reading.h"

/* The words of a device; they go on with a condition. ?9 is the newest run. */
#define DEVICE                                                                                \
    "SELECT d.id, d.aor, d.instance, d.contact, d.user_agent, d.address, d.public_address,"   \
    " d.server, d.transport, d.first_seen, max(d.last_seen, coalesce(s.seen, d.last_seen)), " \
    "s.run = ?9, s.condition, s.state,"                                                       \
    " s.because, s.since, s.until, s.good, s.finding, s.summary"                              \
    " FROM devices d LEFT JOIN standing s ON s.device = d.id "

/* In the order of the DEVICE. */
static StoreDevice read_device(StoreReader *reader, sqlite3_stmt *statement)
{
    StoreDevice device = {
        .id = database_number(statement, 0),
        .aor = reading_text(reader, statement, 1),
        .instance = reading_text(reader, statement, 2),
        .contact = reading_text(reader, statement, 3),
        .user_agent = reading_text(reader, statement, 4),
        .address = reading_text(reader, statement, 5),
        .public_address = reading_text(reader, statement, 6),
        .server = reading_text(reader, statement, 7),
        .transport = reading_text(reader, statement, 8),
        .first_seen = database_time(statement, 9),
        .last_seen = database_time(statement, 10),
        .current = database_number(statement, 11) != 0,
        .condition = reading_text(reader, statement, 12),
        .state = reading_text(reader, statement, 13),
        .because = reading_text(reader, statement, 14),
        .since = database_time(statement, 15),
        .until = database_time(statement, 16),
        .good = database_time(statement, 17),
        .finding = reading_text(reader, statement, 18),
        .summary = reading_text(reader, statement, 19),
    };

    if (device.condition == NULL)
        device.condition = device.state = "unknown";
    return device;
}

static sqlite3_stmt *ask(StoreReader *reader, const char *sql)
{
    sqlite3_stmt *statement = database_statement(reader->database, sql);

    database_bind_count(statement, 9, (uint64_t)reader->run);
    return statement;
}

static GArray *read_all(StoreReader *reader, sqlite3_stmt *statement)
{
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(StoreDevice));

    while (database_step(reader->database, statement)) {
        StoreDevice device = read_device(reader, statement);

        g_array_append_val(devices, device);
    }
    return devices;
}

GArray *store_reader_devices(StoreReader *reader)
{
    static const char sql[] = DEVICE "ORDER BY d.aor, d.id";

    return read_all(reader, ask(reader, sql));
}

/* An address without a port is followed by a colon; the next character is a semicolon. */
static GArray *find_exactly(StoreReader *reader, const char *name)
{
    static const char sql[] =
        DEVICE "WHERE d.aor = ?1 OR d.user = ?1 OR d.address = ?1 OR d.public_address = ?1"
               " OR (d.address >= ?2 AND d.address < ?3)"
               " OR (d.public_address >= ?2 AND d.public_address < ?3) ORDER BY d.aor, d.id";
    g_autofree char *first = g_strconcat(name, ":", NULL);
    g_autofree char *behind = g_strconcat(name, ";", NULL);
    sqlite3_stmt *statement = ask(reader, sql);

    database_bind_text(statement, 1, name);
    database_bind_text(statement, 2, first);
    database_bind_text(statement, 3, behind);
    return read_all(reader, statement);
}

static bool matches(const char *pattern, const char *text)
{
    return text != NULL && g_pattern_match_simple(pattern, text);
}

/* All of it, or what stands before the sign. */
static bool matches_before(const char *pattern, const char *text, char sign)
{
    const char *end = text != NULL ? strrchr(text, sign) : NULL;
    g_autofree char *part = end != NULL ? g_strndup(text, (gsize)(end - text)) : NULL;

    return matches(pattern, text) || matches(pattern, part);
}

static bool is_meant(const char *pattern, const StoreDevice *device)
{
    return matches_before(pattern, device->aor, '@') || matches(pattern, device->instance)
           || matches(pattern, device->contact) || matches(pattern, device->user_agent)
           || matches_before(pattern, device->address, ':')
           || matches_before(pattern, device->public_address, ':');
}

static GArray *find_alike(StoreReader *reader, const char *pattern)
{
    GArray *devices = store_reader_devices(reader);
    unsigned kept = 0;

    for (unsigned i = 0; i < devices->len; i++) {
        StoreDevice *device = &g_array_index(devices, StoreDevice, i);

        if (is_meant(pattern, device))
            g_array_index(devices, StoreDevice, kept++) = *device;
    }
    g_array_set_size(devices, kept);
    return devices;
}

/* "sip:alice@example.com" is what a Contact or a dial plan says of an account. */
static const char *account_of(const char *pattern)
{
    if (g_str_has_prefix(pattern, "sip:"))
        return pattern + strlen("sip:");
    return g_str_has_prefix(pattern, "sips:") ? pattern + strlen("sips:") : pattern;
}

GArray *store_reader_find(StoreReader *reader, const char *pattern)
{
    if (strpbrk(pattern, "*?") == NULL) {
        GArray *devices = find_exactly(reader, account_of(pattern));

        if (devices->len > 0)
            return devices;
        g_array_unref(devices);
    }
    return find_alike(reader, pattern);
}
