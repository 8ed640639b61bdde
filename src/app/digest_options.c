/*
 * A password is never among these: the process list would show it.
 */

#include "digest_options.h"

#include <glib.h>

#include "base/str.h"

enum {
    KEY_FRAME = 512,
    KEY_SHOW_SECRETS,
    KEY_USER,
    KEY_REALM,
    KEY_METHOD,
    KEY_URI,
    KEY_NONCE,
    KEY_QOP,
    KEY_NC,
    KEY_CNONCE,
    KEY_ALGORITHM,
    KEY_RESPONSE,
};

static const struct argp_option options[] = {
    { "frame", KEY_FRAME, "N", 0, "The working of the credentials in this frame", 1 },
    { "show-secrets", KEY_SHOW_SECRETS, NULL, 0, "Passwords and hashes made of them in full", 1 },
    { NULL, 0, NULL, 0, "By hand, without a capture:", 2 },
    { "user", KEY_USER, "NAME", 0, "The user name that was sent", 2 },
    { "realm", KEY_REALM, "REALM", 0, NULL, 2 },
    { "method", KEY_METHOD, "METHOD", 0, "REGISTER, when it is not given", 2 },
    { "uri", KEY_URI, "URI", 0, "The uri in the credentials", 2 },
    { "nonce", KEY_NONCE, "NONCE", 0, NULL, 2 },
    { "qop", KEY_QOP, "QOP", 0, "With --nc and --cnonce", 2 },
    { "nc", KEY_NC, "COUNT", 0, NULL, 2 },
    { "cnonce", KEY_CNONCE, "CNONCE", 0, NULL, 2 },
    { "algorithm", KEY_ALGORITHM, "NAME", 0, "MD5, when it is not given", 2 },
    { "response", KEY_RESPONSE, "HEX", 0, "What was received, to compare with", 2 },
    { 0 },
};

bool digest_options_by_hand(const DigestOptions *o)
{
    return o->user != NULL || o->realm != NULL || o->method != NULL || o->uri != NULL
           || o->nonce != NULL || o->qop != NULL || o->nc != NULL || o->cnonce != NULL
           || o->algorithm != NULL || o->response != NULL;
}

static const char **value_of(DigestOptions *o, int key)
{
    switch (key) {
    case KEY_USER:
        return &o->user;
    case KEY_REALM:
        return &o->realm;
    case KEY_METHOD:
        return &o->method;
    case KEY_URI:
        return &o->uri;
    case KEY_NONCE:
        return &o->nonce;
    case KEY_QOP:
        return &o->qop;
    case KEY_NC:
        return &o->nc;
    case KEY_CNONCE:
        return &o->cnonce;
    case KEY_ALGORITHM:
        return &o->algorithm;
    case KEY_RESPONSE:
        return &o->response;
    default:
        return NULL;
    }
}

static void require_values(struct argp_state *state, const DigestOptions *o)
{
    if (!digest_options_by_hand(o))
        return;
    if (o->frame != 0)
        argp_error(state, "--frame is of a capture, not for values given by hand");
    if (o->user == NULL || o->realm == NULL || o->uri == NULL || o->nonce == NULL)
        argp_error(state, "by hand, --user, --realm, --uri and --nonce are needed");
    if (o->qop != NULL && (o->nc == NULL || o->cnonce == NULL))
        argp_error(state, "--qop needs --nc and --cnonce");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    DigestOptions *o = state->input;

    switch (key) {
    case KEY_FRAME:
        if (!str_to_uint(str_of(argument), UINT64_MAX, &o->frame) || o->frame == 0)
            argp_error(state, "no frame has the number '%s'", argument);
        return 0;
    case KEY_SHOW_SECRETS:
        o->show_secrets = true;
        return 0;
    case ARGP_KEY_END:
        require_values(state, o);
        return 0;
    default:
        if (value_of(o, key) == NULL)
            return ARGP_ERR_UNKNOWN;
        *value_of(o, key) = argument;
        return 0;
    }
}

const struct argp digest_options_parser = { .options = options, .parser = parse };
