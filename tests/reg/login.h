#pragma once

/*
 * A REGISTER with credentials, the challenges before it and the accounts that
 * were supplied, as a digest check wants them.
 *
 * What a test does not say is user 1001 in realm pbx.example.com, whose password
 * is "Correct-Horse 7", from 192.168.1.10 to 203.0.113.5.
 */

#include <glib.h>

#include "reg/digest.h"
#include "reg/secrets_table.h"
#include "support/check.h"

#define LOGIN_NONCE "3f8a51c0d2b94e67a1b2c3d4e5f60718"
#define LOGIN_HA1 "48ab11964758202c8e830b3b0b41351f"

/* NULL stands for the usual; "" leaves a parameter of Authorization out. */
typedef struct Login {
    const char *accounts; /* text of a credentials file */
    const char *user;
    const char *realm;
    const char *nonce;
    const char *uri;
    const char *algorithm;
    const char *qop; /* with its quotes, if it has any */
    const char *nc;
    const char *cnonce;
    const char *response;
    const char *more; /* further parameters, with their comma in front */
    const char *method;
    const char *request_uri;
    const char *to; /* the URI */
    const char *contact;
    const char *cseq_method;
    const char *body;
    const char *challenges[4]; /* parameters of each, newest first */
    const char *nextnonce;
    const char *address;
    uint32_t anomalies;
    bool unsearched;
} Login;

/* What a check answered, and all that it points at. */
typedef struct Answered {
    RegDigest *digest;
    RegSecrets *secrets;
    SipMessage *request;
    SipMessage *answers[4];
    Str nextnonce;
    Str address;
    RegDigestInput input;
    RegDigestResult result;
} Answered;

static inline RegSecrets *accounts_of(const char *text)
{
    RegSecrets *secrets = reg_secrets_new();
    size_t len = strlen(text);
    RegSecretsBlock *block = reg_secrets_block_new(len);
    GError *error = NULL;

    memcpy(block->bytes, text, len);
    block->len = len;
    reg_secrets_add_block(secrets, "accounts", block, &error);
    assert_null(error);
    return secrets;
}

static inline const char *or_usual(const char *text, const char *usual)
{
    return text != NULL ? text : usual;
}

static inline void add_param(GString *header, const char *name, const char *value, bool quoted)
{
    const char *quote = quoted ? "\"" : "";

    if (*value != '\0')
        g_string_append_printf(header, ", %s=%s%s%s", name, quote, value, quote);
}

static inline char *authorization_of(const Login *login)
{
    GString *header = g_string_new("Digest username=\"");

    g_string_append_printf(header, "%s\"", or_usual(login->user, "1001"));
    add_param(header, "realm", or_usual(login->realm, "pbx.example.com"), true);
    add_param(header, "nonce", or_usual(login->nonce, LOGIN_NONCE), true);
    add_param(header, "uri", or_usual(login->uri, "sip:pbx.example.com"), true);
    add_param(header, "response", or_usual(login->response, ""), true);
    add_param(header, "algorithm", or_usual(login->algorithm, "MD5"), false);
    add_param(header, "qop", or_usual(login->qop, "auth"), false);
    add_param(header, "nc", or_usual(login->nc, "00000001"), false);
    add_param(header, "cnonce", or_usual(login->cnonce, "0a4f113b"), true);
    g_string_append(header, or_usual(login->more, ""));
    return g_string_free(header, FALSE);
}

static inline SipMessage *message_of(const char *text, uint32_t anomalies)
{
    NetMeta meta = { .time = 1 };

    net_addr_parse(STR("192.168.1.10"), &meta.flow.src.addr);
    net_addr_parse(STR("203.0.113.5"), &meta.flow.dst.addr);
    meta.flow.src.port = 5060;
    meta.flow.dst.port = 5060;
    return sip_message_parse(&meta, str_of(text), anomalies);
}

static inline SipMessage *request_of(const Login *login)
{
    const char *method = or_usual(login->method, "REGISTER");
    g_autofree char *authorization = authorization_of(login);
    g_autofree char *text = g_strdup_printf(
        "%s %s SIP/2.0\r\n"
        "Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1;rport\r\n"
        "From: <sip:ext7@pbx.example.com>;tag=a\r\n"
        "To: <%s>\r\n"
        "Call-ID: 1@call.example.org\r\n"
        "CSeq: 2 %s\r\n"
        "Contact: <%s>\r\n"
        "Authorization: %s\r\n"
        "\r\n%s",
        method, or_usual(login->request_uri, "sip:pbx.example.com"),
        or_usual(login->to, "sip:ext7@pbx.example.com"), or_usual(login->cseq_method, method),
        or_usual(login->contact, "sip:phone7@192.168.1.10:5060"), authorization,
        or_usual(login->body, ""));

    return message_of(text, login->anomalies);
}

static inline void take_challenges(Answered *answered, const Login *login)
{
    unsigned n = 0;

    for (; n < G_N_ELEMENTS(login->challenges) && login->challenges[n] != NULL; n++) {
        g_autofree char *text = g_strdup_printf("SIP/2.0 401 Unauthorized\r\n"
                                                "WWW-Authenticate: Digest %s\r\n\r\n",
                                                login->challenges[n]);

        answered->answers[n] = message_of(text, 0);
    }
    answered->input.challenges = (const SipMessage *const *)answered->answers;
    answered->input.n_challenges = n;
}

static inline Answered *answered_new(const Login *login)
{
    Answered *answered = g_new0(Answered, 1);
    RegDigestInput *input = &answered->input;

    answered->digest = reg_digest_new();
    answered->secrets = accounts_of(or_usual(login->accounts, "1001:*:Correct-Horse 7"));
    answered->request = request_of(login);
    take_challenges(answered, login);

    const SipHeader *header = sip_message_header(answered->request, SIP_HEADER_AUTHORIZATION, 0);

    input->auth = sip_auth_parse(sip_message_value(answered->request, header));
    input->method = answered->request->method_name;
    input->request_uri = answered->request->request_uri;
    input->body = answered->request->body;
    input->request = answered->request;
    answered->nextnonce = str_of(login->nextnonce);
    input->nonces = &answered->nextnonce;
    input->n_nonces = login->nextnonce != NULL;
    answered->address = str_of(login->address);
    input->addresses = &answered->address;
    input->n_addresses = login->address != NULL;
    input->search = !login->unsearched;
    reg_digest_check(answered->digest, answered->secrets, input, &answered->result);
    return answered;
}

static inline void answered_free(Answered *answered)
{
    reg_digest_result_clear(&answered->result);
    for (unsigned i = 0; i < G_N_ELEMENTS(answered->answers); i++)
        g_clear_pointer(&answered->answers[i], sip_message_unref);
    sip_message_unref(answered->request);
    reg_secrets_free(answered->secrets);
    reg_digest_free(answered->digest);
    g_free(answered);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Answered, answered_free)

/* That a check of this login finds exactly this; NULL: nothing. */
static inline void assert_finds(const Login *login, RegDigestVerdict verdict, const char *id,
                                const char *second, const char *used)
{
    g_autoptr(Answered) answered = answered_new(login);
    const RegDigestResult *result = &answered->result;

    assert_string_equal(reg_digest_verdict_name(result->verdict), reg_digest_verdict_name(verdict));
    assert_string_equal(result->hypothesis != NULL ? result->hypothesis->id : "", or_usual(id, ""));
    assert_string_equal(result->second != NULL ? result->second->id : "", or_usual(second, ""));
    assert_string_equal(or_usual(result->used, "(nothing)"), or_usual(used, "(nothing)"));
}
