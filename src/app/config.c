/*
 * What runs unattended is started by somebody who was not there when it was set up. So its
 * options stand in a file with room for remarks, under the names they have on the command line:
 *
 *     [watch]
 *     interface = eth0;eth1
 *     history = /var/lib/whyreg/history.db
 *     redact = true
 *
 * A key that is misspelt would be an option that is not in force, so nothing is started then.
 */

#include "config.h"

#include <stdbool.h>
#include <string.h>

G_DEFINE_QUARK(whyreg - config - error, config_error)

#define GROUP "watch"
#define CONFIG "config"

/* A word that differs more is no misspelling. */
#define NEAR 3

#define NAME_MAX_LEN 32

typedef struct Config {
    GPtrArray *known;  /* of const struct argp_option */
    GHashTable *given; /* their keys, on the command line */
    char *path;
} Config;

/* --- what the command line says already ----------------------------------- */

static void collect(const struct argp *parser, GPtrArray *known)
{
    for (const struct argp_option *option = parser->options;
         option != NULL && (option->name != NULL || option->key != 0 || option->doc != NULL);
         option++) {
        if (option->name != NULL)
            g_ptr_array_add(known, (gpointer)option);
    }
    for (const struct argp_child *child = parser->children; child != NULL && child->argp != NULL;
         child++)
        collect(child->argp, known);
}

static const struct argp_option *find_option(const Config *config, const char *name)
{
    for (unsigned i = 0; i < config->known->len; i++) {
        const struct argp_option *option = g_ptr_array_index(config->known, i);

        if (g_str_equal(option->name, name))
            return option;
    }
    return NULL;
}

static error_t note(int key, char *argument, struct argp_state *state)
{
    Config *config = state->input;
    const struct argp_option *own = find_option(config, CONFIG);

    g_hash_table_add(config->given, GINT_TO_POINTER(key));
    if (own != NULL && key == own->key) {
        g_free(config->path);
        config->path = g_strdup(argument);
    }
    return 0;
}

/* What is wrong there is said later, by the parser that knows what it means. */
static void look_at(Config *config, char *const *words)
{
    g_autoptr(GArray) table = g_array_new(true, false, sizeof(struct argp_option));
    g_autoptr(GPtrArray) copy = g_ptr_array_new();
    struct argp parser = { .parser = note };

    for (unsigned i = 0; i < config->known->len; i++)
        g_array_append_vals(table, g_ptr_array_index(config->known, i), 1);
    parser.options = (const struct argp_option *)(void *)table->data;
    for (; *words != NULL; words++)
        g_ptr_array_add(copy, *words);

    int n = (int)copy->len;

    g_ptr_array_add(copy, NULL);
    argp_parse(&parser, n, (char **)copy->pdata, ARGP_SILENT, NULL, config);
}

/* --- keys ----------------------------------------------------------------- */

/* Letters to change, to put in and to leave out (Levenshtein). */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[NAME_MAX_LEN + 1];
    size_t width = MIN(strlen(b), NAME_MAX_LEN);

    for (unsigned i = 0; i <= width; i++)
        row[i] = i;
    for (unsigned line = 1; *a != '\0'; a++, line++) {
        unsigned diagonal = row[0];

        row[0] = line;
        for (unsigned i = 1; i <= width; i++) {
            unsigned change = diagonal + (*a != b[i - 1]);

            diagonal = row[i];
            row[i] = MIN(MIN(row[i] + 1, row[i - 1] + 1), change);
        }
    }
    return row[width];
}

static const char *nearest(const Config *config, const char *key)
{
    const char *best = NULL;
    unsigned least = NEAR + 1;

    for (unsigned i = 0; i < config->known->len && strlen(key) <= NAME_MAX_LEN; i++) {
        const struct argp_option *option = g_ptr_array_index(config->known, i);
        unsigned far = distance(key, option->name);

        if (far < least && !g_str_equal(option->name, CONFIG)) {
            least = far;
            best = option->name;
        }
    }
    return best;
}

static bool complain(const Config *config, const char *key, GError **error)
{
    const char *near = nearest(config, key);

    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s: there is no key '%s'%s%s%s",
                config->path, key, near != NULL ? "; is it '" : "", near != NULL ? near : "",
                near != NULL ? "'?" : "");
    return false;
}

/* Those that may stand more than once on a command line: here their values are in a row. */
static bool repeats(const char *key)
{
    static const char *const keys[] = { "credentials", "device", "finding",
                                        "interface",   "output", "port" };

    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (g_str_equal(key, keys[i]))
            return true;
    }
    return false;
}

/* --- to words ------------------------------------------------------------- */

static bool take_flag(const Config *config, GKeyFile *file, const char *key, GPtrArray *words,
                      GError **error)
{
    g_autofree char *value = g_key_file_get_value(file, GROUP, key, NULL);

    if (g_strcmp0(value, "true") == 0) {
        g_ptr_array_add(words, g_strdup_printf("--%s", key));
        return true;
    }
    if (g_strcmp0(value, "false") == 0)
        return true;
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s: %s is true or false, not '%s'",
                config->path, key, value != NULL ? value : "");
    return false;
}

/* As it stands: a backslash in a command is one. */
static void take_value(GKeyFile *file, const char *key, GPtrArray *words)
{
    g_autofree char *value = g_key_file_get_value(file, GROUP, key, NULL);

    g_ptr_array_add(words, g_strdup_printf("--%s=%s", key, value != NULL ? value : ""));
}

static void take_list(GKeyFile *file, const char *key, GPtrArray *words)
{
    g_autofree char *value = g_key_file_get_value(file, GROUP, key, NULL);
    g_auto(GStrv) parts = g_strsplit(value != NULL ? value : "", ";", -1);

    for (unsigned i = 0; parts[i] != NULL; i++) {
        const char *part = g_strstrip(parts[i]);

        if (*part != '\0')
            g_ptr_array_add(words, g_strdup_printf("--%s=%s", key, part));
    }
}

static bool take_key(const Config *config, GKeyFile *file, const char *key, GPtrArray *words,
                     GError **error)
{
    const struct argp_option *option = find_option(config, key);

    if (option == NULL || g_str_equal(key, CONFIG))
        return complain(config, key, error);
    if (g_hash_table_contains(config->given, GINT_TO_POINTER(option->key)))
        return true;
    if (option->arg == NULL)
        return take_flag(config, file, key, words, error);
    if (repeats(key))
        take_list(file, key, words);
    else
        take_value(file, key, words);
    return true;
}

static bool check_groups(const Config *config, GKeyFile *file, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (unsigned i = 0; groups[i] != NULL; i++) {
        if (g_str_equal(groups[i], GROUP))
            continue;
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY,
                    "%s: there is no group [%s]; all keys stand in [" GROUP "]", config->path,
                    groups[i]);
        return false;
    }
    return true;
}

static bool read_file(const Config *config, GPtrArray *words, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) cause = NULL;

    if (!g_key_file_load_from_file(file, config->path, G_KEY_FILE_NONE, &cause)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_READ, "cannot read %s: %s", config->path,
                    cause->message);
        return false;
    }
    if (!check_groups(config, file, error))
        return false;

    g_auto(GStrv) keys = g_key_file_get_keys(file, GROUP, NULL, NULL);

    for (unsigned i = 0; keys != NULL && keys[i] != NULL; i++) {
        if (!take_key(config, file, keys[i], words, error))
            return false;
    }
    return true;
}

GPtrArray *config_expand(char *const *words, const struct argp *parser, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autoptr(GHashTable) given = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    Config config = { .known = known, .given = given };

    collect(parser, known);
    look_at(&config, words);
    g_ptr_array_add(all, g_strdup(words[0]));

    bool good = config.path == NULL || read_file(&config, all, error);

    g_free(config.path);
    for (unsigned i = 1; words[i] != NULL; i++)
        g_ptr_array_add(all, g_strdup(words[i]));
    g_ptr_array_add(all, NULL);
    return good ? g_steal_pointer(&all) : NULL;
}
