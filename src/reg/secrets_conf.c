/*
 * The syntax of Asterisk's configuration files: "[section]" and "key = value",
 * comments behind ";" and between ";--" and "--;", and templates:
 * "[name](!)" is one, "[phone](name)" has all its settings.
 */

#include "secrets_conf.h"

/* Of templates of templates. Asterisk has no limit; nobody goes this deep. */
#define DEPTH_MAX 8

/* Sections looked at for one setting: lists of parents multiply. */
#define VISITS_MAX 64

static Str name_of(const void *items, uint32_t i)
{
    return g_array_index((const GArray *)items, RegConfSection, i).name;
}

void reg_secrets_conf_clear(RegConf *conf)
{
    g_clear_pointer(&conf->sections, g_array_unref);
    g_clear_pointer(&conf->settings, g_array_unref);
    reg_text_index_clear(&conf->names);
}

const RegConfSection *reg_secrets_conf_section(const RegConf *conf, uint32_t i)
{
    return &g_array_index(conf->sections, RegConfSection, i);
}

/* Takes the comments out of a line. 'inside' tells of a comment over several
 * lines. "\;" is a semicolon. */
static Str strip_comments(const RegSecretsReader *reader, Str line, bool *inside)
{
    char *out = line.len > 0 ? reg_secrets_reader_writable(reader, line) : NULL;
    size_t len = 0;

    for (size_t i = 0; i < line.len; i++) {
        Str rest = str_from(line, i);

        if (*inside) {
            *inside = !str_starts(rest, STR("--;"));
            i += *inside ? 0 : 2;
        } else if (str_starts(rest, STR(";--")) && !str_starts(rest, STR(";---"))) {
            *inside = true;
            i += 2;
        } else if (rest.data[0] == ';') {
            break;
        } else {
            i += str_starts(rest, STR("\\;")) ? 1 : 0;
            out[len++] = line.data[i];
        }
    }
    return str_trim((Str){ out, len });
}

bool reg_secrets_conf_list_next(Str *rest, Str *name)
{
    while (str_present(*rest)) {
        str_split(*rest, ',', name, rest);
        *name = str_trim(*name);
        if (name->len > 0)
            return true;
    }
    return false;
}

/* "[name]" or "[name](options)". */
static bool read_section(RegConf *conf, Str line)
{
    RegConfSection section = { .first = conf->settings->len };
    Str options;

    if (!str_split(str_from(line, 1), ']', &section.name, &options))
        return false;
    options = str_trim(options);
    if (options.len >= 2 && options.data[0] == '(' && options.data[options.len - 1] == ')')
        section.parents = str_first(str_from(options, 1), options.len - 2);
    else if (options.len > 0)
        return false;

    Str rest = section.parents;

    for (Str option; reg_secrets_conf_list_next(&rest, &option);)
        section.template |= str_equal(option, STR("!"));
    g_array_append_val(conf->sections, section);
    return true;
}

/* "key = value" or "key => value". */
static bool read_setting(RegConf *conf, Str line, unsigned number)
{
    RegConfSetting setting = { .line = number };

    if (conf->sections->len == 0 || !str_split(line, '=', &setting.key, &setting.value))
        return false;
    if (str_starts(setting.value, STR(">")))
        setting.value = str_from(setting.value, 1);
    setting.key = str_trim(setting.key);
    setting.value = str_trim(setting.value);
    g_array_append_val(conf->settings, setting);
    g_array_index(conf->sections, RegConfSection, conf->sections->len - 1).n++;
    return setting.key.len > 0;
}

bool reg_secrets_conf_read(RegConf *conf, RegSecretsReader *reader, GError **error)
{
    bool inside = false;

    *conf = (RegConf){
        .sections = g_array_new(FALSE, FALSE, sizeof(RegConfSection)),
        .settings = g_array_new(FALSE, FALSE, sizeof(RegConfSetting)),
    };
    for (Str line; reg_secrets_reader_next(reader, &line);) {
        if (line.len > REG_SECRETS_LINE_MAX)
            return reg_secrets_reader_fail(reader, 0, "longer than 4096 bytes", error);
        if (line.len > 0 && memchr(line.data, '\0', line.len) != NULL)
            return reg_secrets_reader_fail(reader, 0, "has a NUL byte", error);
        line = strip_comments(reader, line, &inside);
        if (line.len == 0 || line.data[0] == '#') /* "#include" */
            continue;
        if (line.data[0] == '[' ? !read_section(conf, line)
                                : !read_setting(conf, line, reader->line))
            return reg_secrets_reader_fail(reader, 0, "is neither [section] nor key = value",
                                           error);
    }
    reg_text_index_build(&conf->names, conf->sections, conf->sections->len, name_of);
    return true;
}

/* The newest section of that name before 'before'. */
static uint32_t find_parent(const RegConf *conf, Str name, uint32_t before)
{
    uint32_t found = REG_TEXT_INDEX_NONE;
    unsigned visits = 0;

    for (uint32_t i = reg_text_index_first(&conf->names, name);
         i != REG_TEXT_INDEX_NONE && i < before && visits < VISITS_MAX;
         i = reg_text_index_next(&conf->names, i)) {
        found = i;
        visits++;
    }
    return found;
}

/* Parents stand before their children, so this comes to an end; the limits
 * keep it short. */
static const RegConfSetting *find(const RegConf *conf, uint32_t at, Str key, unsigned depth,
                                  unsigned *visits)
{
    const RegConfSection *section = reg_secrets_conf_section(conf, at);

    for (uint32_t i = section->n; i-- > 0;) {
        const RegConfSetting *setting =
            &g_array_index(conf->settings, RegConfSetting, section->first + i);

        if (str_equal_nocase(setting->key, key))
            return setting;
    }

    const RegConfSetting *found = NULL;
    Str rest = section->parents;

    /* The last parent wins. */
    for (Str name; depth < DEPTH_MAX && reg_secrets_conf_list_next(&rest, &name);) {
        uint32_t parent = find_parent(conf, name, at);
        const RegConfSetting *inherited = NULL;

        if (parent != REG_TEXT_INDEX_NONE && (*visits)++ < VISITS_MAX)
            inherited = find(conf, parent, key, depth + 1, visits);
        found = inherited != NULL ? inherited : found;
    }
    return found;
}

const RegConfSetting *reg_secrets_conf_find(const RegConf *conf, uint32_t section, Str key)
{
    unsigned visits = 0;

    return find(conf, section, key, 0, &visits);
}

Str reg_secrets_conf_value(const RegConf *conf, uint32_t section, Str key)
{
    const RegConfSetting *setting = reg_secrets_conf_find(conf, section, key);

    return setting != NULL ? setting->value : STR_NONE;
}
