/*
 * The accounts of an Asterisk pjsip.conf.
 *
 * Asterisk keeps a password in a section of its own, "type=auth", and other
 * sections name it: an endpoint the one that its phones must know, a
 * registration the one that Asterisk itself sends to a provider. Those two say
 * which address of record the password belongs to, since its user name often
 * does not.
 */

#include "secrets_conf.h"
#include "sip/value.h"

typedef struct Tie {
    uint32_t auth; /* section */
    Str aor;
} Tie;

static bool is_type(const RegConf *conf, uint32_t section, Str type)
{
    return str_equal_nocase(reg_secrets_conf_value(conf, section, STR("type")), type);
}

/* "user@host" as it stands in the URI. */
static Str aor_of(Str client_uri)
{
    SipUri uri = sip_uri_parse(client_uri);

    if (uri.user.len == 0 || uri.host.len == 0)
        return STR_NONE;

    const char *end = uri.host.data + uri.host.len;

    return (Str){ uri.user.data, (size_t)(end - uri.user.data) };
}

static void tie(const RegConf *conf, Str auths, Str aor, GArray *ties)
{
    for (Str name; reg_secrets_conf_list_next(&auths, &name);) {
        for (uint32_t i = reg_text_index_first(&conf->names, name); i != REG_TEXT_INDEX_NONE;
             i = reg_text_index_next(&conf->names, i)) {
            Tie one = { i, aor };

            if (is_type(conf, i, STR("auth")))
                g_array_append_val(ties, one);
        }
    }
}

static void tie_all(const RegConf *conf, uint32_t section, Str key, Str aors, GArray *ties)
{
    Str auths = reg_secrets_conf_value(conf, section, key);

    for (Str aor; reg_secrets_conf_list_next(&aors, &aor);)
        tie(conf, auths, aor, ties);
}

/* Endpoints and registrations: which address of record needs which password. */
static GArray *find_ties(const RegConf *conf)
{
    GArray *ties = g_array_new(FALSE, FALSE, sizeof(Tie));

    for (uint32_t i = 0; i < conf->sections->len; i++) {
        if (reg_secrets_conf_section(conf, i)->template)
            continue;
        if (is_type(conf, i, STR("endpoint")))
            tie_all(conf, i, STR("auth"), reg_secrets_conf_value(conf, i, STR("aors")), ties);
        if (is_type(conf, i, STR("registration")))
            tie_all(conf, i, STR("outbound_auth"),
                    aor_of(reg_secrets_conf_value(conf, i, STR("client_uri"))), ties);
    }
    return ties;
}

typedef struct Digest {
    Str name;
    size_t digits;
} Digest;

static const Digest digests[] = {
    { { "MD5", 3 }, 32 },
    { { "SHA-256", 7 }, 64 },
    { { "SHA-512-256", 11 }, 64 },
};

static bool add_ha1(RegSecretsReader *reader, const RegSecret *account, Str algorithm, Str hex)
{
    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++) {
        if (!str_equal_nocase(algorithm, digests[i].name) || hex.len != digests[i].digits
            || !reg_secrets_is_hex(hex))
            continue;

        RegSecret secret = *account;

        secret.kind = REG_SECRET_HA1;
        secret.secret = reg_secrets_reader_lower(reader, hex);
        secret.algorithm = digests[i].name;
        reg_secrets_reader_add(reader, secret);
        return true;
    }
    return false;
}

/* "password_digest = SHA-256:HEX" is Asterisk 22's, "md5_cred" everybody's. */
static bool add_secrets(RegSecretsReader *reader, const RegConf *conf, uint32_t section,
                        const RegSecret *account, GError **error)
{
    const RegConfSetting *password = reg_secrets_conf_find(conf, section, STR("password"));
    const RegConfSetting *md5 = reg_secrets_conf_find(conf, section, STR("md5_cred"));
    const RegConfSetting *other = reg_secrets_conf_find(conf, section, STR("password_digest"));
    Str name;
    Str hex;

    if (password != NULL) {
        RegSecret secret = *account;

        secret.secret = password->value;
        reg_secrets_reader_add(reader, secret);
    }
    if (md5 != NULL && md5->value.len > 0 && !add_ha1(reader, account, STR("MD5"), md5->value))
        return reg_secrets_reader_fail(reader, md5->line, "is no HA1 of 32 hex digits", error);
    if (other == NULL)
        return true;
    str_split(other->value, ':', &name, &hex);
    return add_ha1(reader, account, str_trim(name), str_trim(hex))
           || reg_secrets_reader_fail(reader, other->line, "is no known kind of HA1", error);
}

static bool add_auth(RegSecretsReader *reader, const RegConf *conf, uint32_t section, Str aor,
                     GError **error)
{
    Str realm = reg_secrets_conf_value(conf, section, STR("realm"));
    RegSecret account = {
        .kind = REG_SECRET_PASSWORD,
        .user = reg_secrets_conf_value(conf, section, STR("username")),
        .realm = realm.len == 0 || str_equal(realm, STR("*")) ? STR_NONE : realm,
        .aor = aor,
    };

    /* OAuth and the like have no user name. */
    return account.user.len == 0 || add_secrets(reader, conf, section, &account, error);
}

bool reg_secrets_pjsip_begins(Str line)
{
    return str_starts(line, STR("[")) && memchr(line.data, ']', line.len) != NULL;
}

bool reg_secrets_pjsip_read(RegSecretsReader *reader, GError **error)
{
    g_auto(RegConf) conf = { .sections = NULL };

    if (!reg_secrets_conf_read(&conf, reader, error))
        return false;

    g_autoptr(GArray) ties = find_ties(&conf);
    g_autofree bool *tied = g_new0(bool, conf.sections->len + 1);

    for (unsigned i = 0; i < ties->len; i++) {
        const Tie *one = &g_array_index(ties, Tie, i);

        tied[one->auth] = true;
        if (!add_auth(reader, &conf, one->auth, one->aor, error))
            return false;
    }
    for (uint32_t i = 0; i < conf.sections->len; i++) {
        if (tied[i] || reg_secrets_conf_section(&conf, i)->template
            || !is_type(&conf, i, STR("auth")))
            continue;
        if (!add_auth(reader, &conf, i, STR_NONE, error))
            return false;
    }
    return true;
}
