/*
 * A phone keeps its place in the history when whyreg was restarted, when its
 * record was pushed out of a full table, and when it gets another address.
 *
 * Inside a run the analysis has a number for each device. When a number comes
 * for the first time, the devices of the account that have no number in this
 * run are looked at: an instance-id decides (RFC 5626 section 4.1); without one
 * the Contact, the address and the user agent have to speak for it. Of several
 * that look alike the one that was seen last is taken.
 */

#include "place.h"

/* Devices of one account that are looked at. */
#define CANDIDATES "64"

/* A user agent alone is enough: phones change their Contact and their address. */
enum {
    POINTS_INSTANCE = 100,
    POINTS_CONTACT = 8,
    POINTS_USER_AGENT = 4,
    POINTS_ADDRESS = 4,
    POINTS_ENOUGH = 4,
};

typedef struct Place {
    int64_t id;    /* 0: there is none */
    bool unnamed;  /* only a finding has spoken of it yet */
    bool outdated; /* something that the row says is new */
} Place;

/* How old the time of the newest message may be that stands in the row of a device: writing it
 * for each would be most of the work. Where it stands to the second is the table of standings. */
#define SEEN_AGE "3600000000000"

static Place find_number(Database *database, int64_t run, const Row *row)
{
    static const char sql[] =
        "SELECT id, last_seen IS NULL, NOT (aor = ?3 AND contact IS coalesce(?4, contact)"
        " AND instance IS coalesce(?5, instance) AND user_agent IS coalesce(?6, user_agent)"
        " AND address IS coalesce(?7, address)"
        " AND public_address IS coalesce(?8, public_address)"
        " AND server IS coalesce(?9, server) AND last_seen > ?10 - " SEEN_AGE ")"
        " FROM devices WHERE run = ?1 AND number = ?2 AND number IS NOT NULL";
    sqlite3_stmt *statement = database_statement(database, sql);
    const RowDevice *device = &row->device;
    Place place = { 0 };

    database_bind_count(statement, 1, (uint64_t)run);
    database_bind_count(statement, 2, device->number);
    database_bind_text(statement, 3, row_text(row, device->aor));
    database_bind_text(statement, 4, row_text(row, device->contact));
    database_bind_text(statement, 5, row_text(row, device->instance));
    database_bind_text(statement, 6, row_text(row, device->user_agent));
    database_bind_text(statement, 7, row_text(row, device->address));
    database_bind_text(statement, 8, row_text(row, device->public_address));
    database_bind_text(statement, 9, row_text(row, device->server));
    database_bind_time(statement, 10, device->last_seen);
    if (database_step(database, statement)) {
        place = (Place){ database_number(statement, 0), database_number(statement, 1) != 0,
                         database_number(statement, 2) != 0 };
        sqlite3_reset(statement);
    }
    return place;
}

int64_t place_find(Database *database, int64_t run, uint64_t number)
{
    static const char sql[] =
        "SELECT id FROM devices WHERE run = ?1 AND number = ?2 AND number IS NOT NULL";
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)run);
    database_bind_count(statement, 2, number);
    return database_value(database, statement);
}

static int points_for(const char *a, const char *b, int points)
{
    return a != NULL && b != NULL && g_str_equal(a, b) ? points : 0;
}

/* Columns: id, instance, contact, user_agent, address. */
static int points_of(sqlite3_stmt *candidate, const Row *row)
{
    const RowDevice *device = &row->device;
    const char *instance = row_text(row, device->instance);
    const char *known = database_text(candidate, 1);

    if (instance != NULL && known != NULL)
        return g_str_equal(instance, known) ? POINTS_INSTANCE : 0;
    return points_for(database_text(candidate, 2), row_text(row, device->contact), POINTS_CONTACT)
           + points_for(database_text(candidate, 3), row_text(row, device->user_agent),
                        POINTS_USER_AGENT)
           + points_for(database_text(candidate, 4), row_text(row, device->address),
                        POINTS_ADDRESS);
}

/* Of an account that no message names, an address alone says nothing. */
static int points_wanted(const Row *row)
{
    return row_text(row, row->device.aor)[0] != '\0' ? POINTS_ENOUGH : POINTS_CONTACT;
}

static int64_t find_alike(Database *database, int64_t run, const Row *row)
{
    static const char sql[] = "SELECT id, instance, contact, user_agent, address FROM devices"
                              " WHERE aor = ?1 AND NOT (run = ?2 AND number IS NOT NULL)"
                              " AND last_seen IS NOT NULL"
                              " ORDER BY last_seen DESC LIMIT " CANDIDATES;
    sqlite3_stmt *statement = database_statement(database, sql);
    int64_t best = 0;
    int most = points_wanted(row) - 1;

    database_bind_text(statement, 1, row_text(row, row->device.aor));
    database_bind_count(statement, 2, (uint64_t)run);
    while (database_step(database, statement)) {
        int points = points_of(statement, row);

        if (points > most) {
            most = points;
            best = database_number(statement, 0);
        }
    }
    return best;
}

/* A finding may be told before the attempt that it is about: the aor is all that is known then. */
static int64_t add_device(Database *database, int64_t run, const Row *row)
{
    static const char sql[] = "INSERT INTO devices (aor, run, number) VALUES (?1, ?2, ?3)";
    sqlite3_stmt *statement = database_statement(database, sql);
    const char *aor = row_text(row, row->device.known ? row->device.aor : row->finding.aor);

    database_bind_text(statement, 1, aor != NULL ? aor : "");
    database_bind_count(statement, 2, (uint64_t)run);
    database_bind_count(statement, 3, row->device.number);
    return database_run(database, statement) > 0 ? sqlite3_last_insert_rowid(database->db) : 0;
}

static void run_on(Database *database, const char *sql, int64_t first, int64_t second)
{
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)first);
    if (second != 0)
        database_bind_count(statement, 2, (uint64_t)second);
    database_run(database, statement);
}

static void claim(Database *database, int64_t device, int64_t run, uint64_t number)
{
    static const char sql[] = "UPDATE devices SET run = ?1, number = ?2 WHERE id = ?3";
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)run);
    database_bind_count(statement, 2, number);
    database_bind_count(statement, 3, (uint64_t)device);
    database_run(database, statement);
}

void place_release(Database *database, int64_t device)
{
    run_on(database, "UPDATE devices SET number = NULL WHERE id = ?1", device, 0);
}

/* What was said of the unnamed one belongs to 'device'. */
static void merge(Database *database, int64_t unnamed, int64_t device)
{
    run_on(database, "UPDATE findings SET device = ?1 WHERE device = ?2", device, unnamed);
    run_on(database, "DELETE FROM devices WHERE id = ?1", unnamed, 0);
}

/* Texts that a message did not have stay as they were. */
static void update(Database *database, int64_t id, const Row *row)
{
    static const char sql[] =
        "UPDATE devices SET aor = ?2, user = ?3, instance = coalesce(?4, instance),"
        " contact = coalesce(?5, contact), user_agent = coalesce(?6, user_agent),"
        " address = coalesce(?7, address), public_address = coalesce(?8, public_address),"
        " server = coalesce(?9, server), transport = ?10,"
        " first_seen = min(coalesce(first_seen, ?11), ?11),"
        " last_seen = max(coalesce(last_seen, ?12), ?12) WHERE id = ?1";
    sqlite3_stmt *statement = database_statement(database, sql);
    const RowDevice *device = &row->device;

    database_bind_count(statement, 1, (uint64_t)id);
    database_bind_text(statement, 2, row_text(row, device->aor));
    database_bind_text(statement, 3, row_text(row, device->user));
    database_bind_text(statement, 4, row_text(row, device->instance));
    database_bind_text(statement, 5, row_text(row, device->contact));
    database_bind_text(statement, 6, row_text(row, device->user_agent));
    database_bind_text(statement, 7, row_text(row, device->address));
    database_bind_text(statement, 8, row_text(row, device->public_address));
    database_bind_text(statement, 9, row_text(row, device->server));
    database_bind_text(statement, 10, device->transport);
    database_bind_time(statement, 11, device->first_seen);
    database_bind_time(statement, 12, device->last_seen);
    database_run(database, statement);
}

/* A number that comes for the first time, or of which only a finding has told. */
static int64_t recognise(Database *database, int64_t run, const Row *row, int64_t unnamed)
{
    int64_t alike = find_alike(database, run, row);

    if (alike == 0)
        return unnamed != 0 ? unnamed : add_device(database, run, row);
    if (unnamed != 0)
        merge(database, unnamed, alike);
    claim(database, alike, run, row->device.number);
    return alike;
}

int64_t place_device(Database *database, int64_t run, const Row *row)
{
    if (row->device.number == 0 || database->error != SQLITE_OK)
        return 0;
    if (!row->device.known) {
        int64_t id = place_find(database, run, row->device.number);

        return id != 0 ? id : add_device(database, run, row);
    }

    Place place = find_number(database, run, row);

    if (place.id == 0 || place.unnamed) {
        place.id = recognise(database, run, row, place.id);
        place.outdated = true;
    }
    if (place.outdated)
        update(database, place.id, row);
    return place.id;
}
