/*
 * Digests, with GLib's checksums: the program under test uses another library,
 * so that one can be checked against the other.
 */

#include "credentials.h"

static bool checksum_of(const char *algorithm, GChecksumType *type, bool *session)
{
    static const struct {
        const char *name;
        GChecksumType type;
        bool session;
    } known[] = {
        { "MD5", G_CHECKSUM_MD5, false },
        { "MD5-sess", G_CHECKSUM_MD5, true },
        { "SHA-256", G_CHECKSUM_SHA256, false },
        { "SHA-256-sess", G_CHECKSUM_SHA256, true },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_ascii_strcasecmp(algorithm, known[i].name) != 0)
            continue;
        *type = known[i].type;
        *session = known[i].session;
        return true;
    }
    return false;
}

bool credentials_known(const char *algorithm)
{
    GChecksumType type;
    bool session;

    return checksum_of(algorithm, &type, &session);
}

/* Of the parts with colons between them; NULL ends the list. */
static char *hash_of(GChecksumType type, const char *first, ...)
{
    g_autoptr(GString) text = g_string_new(first);
    va_list parts;

    va_start(parts, first);
    for (const char *part; (part = va_arg(parts, const char *)) != NULL;)
        g_string_append_printf(text, ":%s", part);
    va_end(parts);
    return g_compute_checksum_for_string(type, text->str, (gssize)text->len);
}

char *credentials_response(const Credentials *c)
{
    GChecksumType type = G_CHECKSUM_MD5;
    bool session = false;

    if (!checksum_of(c->algorithm, &type, &session))
        g_error("no such digest algorithm: %s", c->algorithm);

    g_autofree char *plain = hash_of(type, c->username, c->realm, c->password, NULL);
    g_autofree char *a1 =
        session ? hash_of(type, plain, c->nonce, c->cnonce, NULL) : g_strdup(plain);
    g_autofree char *a2 = hash_of(type, c->method, c->uri, NULL);

    if (c->qop == NULL)
        return hash_of(type, a1, c->nonce, a2, NULL);
    return hash_of(type, a1, c->nonce, c->nc, c->cnonce, c->qop, a2, NULL);
}
