/*
 * The subscriber table of Kamailio and OpenSIPS, exported as CSV.
 *
 * The table holds the password, or only its hashes: "ha1" of user:domain and
 * "ha1b" of user@domain:domain, for phones that send the domain with the user
 * name. All that is there is kept, because a table whose hash does not belong
 * to its password is one of the faults that people look for.
 */

#include "secrets_reader.h"

#define COLUMNS_MAX 64

typedef enum Column { USERNAME, DOMAIN, PASSWORD, HA1, HA1B, COLUMNS } Column;

static const Str names[COLUMNS] = {
    [USERNAME] = { "username", 8 }, [DOMAIN] = { "domain", 6 }, [PASSWORD] = { "password", 8 },
    [HA1] = { "ha1", 3 },           [HA1B] = { "ha1b", 4 },
};

typedef struct Layout {
    char separator;
    int place[COLUMNS]; /* of each column in a row; -1: not there */
} Layout;

/* Up to the separator; a quoted field keeps its quotes. */
static Str take_field(Str *rest, char separator)
{
    bool quoted = false;
    size_t at = 0;

    while (at < rest->len && (quoted || rest->data[at] != separator))
        quoted ^= rest->data[at++] == '"';

    Str field = str_first(*rest, at);

    *rest = at < rest->len ? str_from(*rest, at + 1) : STR_NONE;
    return field;
}

/* The fields of a row, with their quotes; at most COLUMNS_MAX. */
static unsigned split(Str line, char separator, Str fields[COLUMNS_MAX])
{
    unsigned n = 0;

    for (Str rest = line; str_present(rest) && n < COLUMNS_MAX;)
        fields[n++] = take_field(&rest, separator);
    return n;
}

static bool is_quoted(Str field)
{
    return field.len >= 2 && field.data[0] == '"' && field.data[field.len - 1] == '"';
}

static Str bare(Str field)
{
    return is_quoted(field) ? str_first(str_from(field, 1), field.len - 2) : field;
}

static bool is_name(Str field)
{
    for (unsigned i = 0; i < COLUMNS; i++) {
        if (str_equal_nocase(bare(str_trim(field)), names[i]))
            return true;
    }
    return false;
}

static bool read_header(Str line, Layout *layout)
{
    static const char separators[] = { ',', ';', '\t' };
    Str fields[COLUMNS_MAX];

    for (unsigned i = 0; i < G_N_ELEMENTS(separators); i++) {
        unsigned n = split(line, separators[i], fields);

        *layout = (Layout){ separators[i], { -1, -1, -1, -1, -1 } };
        for (unsigned at = 0; at < n; at++) {
            for (unsigned column = 0; column < COLUMNS; column++) {
                if (is_name(fields[at])
                    && str_equal_nocase(bare(str_trim(fields[at])), names[column]))
                    layout->place[column] = (int)at;
            }
        }
        if (layout->place[USERNAME] >= 0
            && (layout->place[PASSWORD] >= 0 || layout->place[HA1] >= 0
                || layout->place[HA1B] >= 0))
            return true;
    }
    return false;
}

/* Without a header row: [id,]username,domain,password,ha1,ha1b[,...]. */
static bool guess_layout(Str line, Layout *layout)
{
    Str fields[COLUMNS_MAX];
    unsigned n = split(line, ',', fields);
    int first = n > COLUMNS ? 1 : 0;

    if (n < COLUMNS || reg_secrets_ha1_algorithm(bare(fields[first + HA1])) == NULL)
        return false;
    *layout = (Layout){ ',', { first, first + 1, first + 2, first + 3, first + 4 } };
    return true;
}

bool reg_secrets_csv_begins(Str line)
{
    Layout layout;

    return read_header(line, &layout) || guess_layout(line, &layout);
}

/* A quote in a quoted field is written twice. */
static Str unquote(const RegSecretsReader *reader, Str field)
{
    if (!is_quoted(field))
        return field;

    Str inside = bare(field);
    char *out = reg_secrets_reader_writable(reader, inside);
    size_t len = 0;

    for (size_t i = 0; i < inside.len; i++) {
        if (inside.data[i] == '"' && i + 1 < inside.len && inside.data[i + 1] == '"')
            i++;
        out[len++] = inside.data[i];
    }
    return (Str){ out, len };
}

/* Empty for a column that is not there, and for what SQL calls nothing. */
static Str value_of(const RegSecretsReader *reader, const Layout *layout, Column column,
                    const Str *fields, unsigned n)
{
    int place = layout->place[column];
    Str field = place >= 0 && (unsigned)place < n ? fields[place] : STR("");

    if (str_equal(field, STR("NULL")) || str_equal(field, STR("\\N")))
        return STR("");
    return field.len > 0 ? unquote(reader, field) : field;
}

static bool add_ha1(RegSecretsReader *reader, const RegSecret *account, Str hex, bool at_domain)
{
    RegSecret secret = *account;
    const char *algorithm = reg_secrets_ha1_algorithm(hex);

    if (hex.len == 0)
        return true;
    if (algorithm == NULL)
        return false;
    secret.kind = REG_SECRET_HA1;
    secret.secret = reg_secrets_reader_lower(reader, hex);
    secret.algorithm = str_of(algorithm);
    secret.user_at_domain = at_domain;
    reg_secrets_reader_add(reader, secret);
    return true;
}

static bool has_open_quote(const Str *fields, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (str_starts(fields[i], STR("\"")) && !is_quoted(fields[i]))
            return true;
    }
    return false;
}

/* NULL: fine; else what is wrong. */
static const char *read_row(RegSecretsReader *reader, const Layout *layout, Str line)
{
    Str fields[COLUMNS_MAX];
    unsigned n = split(line, layout->separator, fields);

    if (line.len > REG_SECRETS_LINE_MAX)
        return "longer than 4096 bytes";
    if (memchr(line.data, '\0', line.len) != NULL)
        return "has a NUL byte";
    if (has_open_quote(fields, n))
        return "has a quote that is not closed";

    Str domain = value_of(reader, layout, DOMAIN, fields, n);
    Str password = value_of(reader, layout, PASSWORD, fields, n);
    RegSecret account = {
        .kind = REG_SECRET_PASSWORD,
        .user = value_of(reader, layout, USERNAME, fields, n),
        .realm = domain.len > 0 ? domain : STR_NONE,
        .secret = password,
    };

    if (account.user.len == 0)
        return "has no user name";
    if (password.len > 0)
        reg_secrets_reader_add(reader, account);
    if (!add_ha1(reader, &account, value_of(reader, layout, HA1, fields, n), false)
        || !add_ha1(reader, &account, value_of(reader, layout, HA1B, fields, n), true))
        return "has an HA1 that is not 32 or 64 hex digits";
    return NULL;
}

bool reg_secrets_csv_read(RegSecretsReader *reader, GError **error)
{
    Layout layout;
    bool known = false;

    for (Str line; reg_secrets_reader_next(reader, &line);) {
        if (line.len == 0 || line.data[0] == '#')
            continue;
        if (!known) {
            known = true;
            if (read_header(line, &layout))
                continue;
            if (!guess_layout(line, &layout))
                return reg_secrets_reader_fail(reader, 0, "is no row of a subscriber table", error);
        }

        const char *wrong = read_row(reader, &layout, line);

        if (wrong != NULL)
            return reg_secrets_reader_fail(reader, 0, wrong, error);
    }
    return true;
}
