/*
 * Answers (RFC 3261 sections 8.2.6 and 10.3).
 */

#include "answer.h"

#include <string.h>

static const struct {
    unsigned status;
    const char *reason;
} reasons[] = {
    { 100, "Trying" },
    { 180, "Ringing" },
    { 200, "OK" },
    { 301, "Moved Permanently" },
    { 302, "Moved Temporarily" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 407, "Proxy Authentication Required" },
    { 408, "Request Timeout" },
    { 416, "Unsupported URI Scheme" },
    { 420, "Bad Extension" },
    { 421, "Extension Required" },
    { 423, "Interval Too Brief" },
    { 439, "First Hop Lacks Outbound Support" },
    { 480, "Temporarily Unavailable" },
    { 481, "Call/Transaction Does Not Exist" },
    { 482, "Loop Detected" },
    { 483, "Too Many Hops" },
    { 486, "Busy Here" },
    { 487, "Request Terminated" },
    { 494, "Security Agreement Required" },
    { 500, "Server Internal Error" },
    { 501, "Not Implemented" },
    { 503, "Service Unavailable" },
    { 504, "Server Time-out" },
    { 600, "Busy Everywhere" },
    { 603, "Decline" },
    { 604, "Does Not Exist Anywhere" },
};

static const char *reason_of(unsigned status)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "Unnamed";
}

char *answer_start_line(ScriptLine *line, unsigned status)
{
    const char *reason = script_option(line, "reason");

    return g_strdup_printf("SIP/2.0 %u %s", status, reason != NULL ? reason : reason_of(status));
}

char *answer_noted_via(const TalkTurn *turn, const char *via)
{
    const Host *asker = turn->to;
    NetEndpoint seen = cast_public(asker, turn->from);
    g_autofree char *addr = host_addr_text(&seen.addr);
    g_autofree char *port = g_strdup_printf("%u", seen.port);
    bool translated = memcmp(&seen.addr, &asker->own.addr, sizeof(seen.addr)) != 0;
    const char *received = script_option_or(turn->line, "received", addr);
    const char *rport = script_option_or(turn->line, "rport", port);

    if (g_str_has_suffix(via, ";rport"))
        return g_strdup_printf("Via: %s=%s;received=%s", via, rport, received);
    if (translated)
        return g_strdup_printf("Via: %s;received=%s", via, received);
    return g_strdup_printf("Via: %s", via);
}

static void put_via(Draft *draft, const TalkTurn *turn, const Draft *request)
{
    const char *via;

    for (unsigned i = 0; (via = draft_get(request, "Via", i)) != NULL; i++) {
        g_autofree char *noted = i == 0 ? answer_noted_via(turn, via) : NULL;

        if (noted != NULL)
            draft_add(draft, "%s", noted);
        else
            draft_add(draft, "Via: %s", via);
    }
}

static void put_dialog(Draft *draft, const TalkTurn *turn, const Draft *request, unsigned status)
{
    static const char *const copied[] = { "From", "To", "Call-ID", "CSeq" };

    for (unsigned i = 0; i < G_N_ELEMENTS(copied); i++) {
        const char *value = draft_get(request, copied[i], 0);
        bool tagged = value != NULL && strstr(value, ";tag=") != NULL;

        if (value == NULL)
            continue;
        if (!g_str_equal(copied[i], "To") || tagged || status == 100) {
            draft_add(draft, "%s: %s", copied[i], value);
            continue;
        }

        /* A transaction has one tag, in every copy of its answer. */
        const char *via = draft_get(request, "Via", 0);
        const char *said = script_option(turn->line, "to-tag");
        g_autofree char *tag = host_token(turn->from, via != NULL ? via : "", 0, 10);

        draft_add(draft, "To: %s;tag=%s", value, said != NULL ? said : tag);
    }
}

/* RFC 7616 section 3.3. */
static void put_challenge(Draft *draft, const TalkTurn *turn, unsigned status)
{
    ScriptLine *line = turn->line;
    Host *server = turn->from;
    g_autofree char *nonce = host_token(server, "nonce", ++server->counter, 32);
    const char *qop = script_option_or(line, "qop", "auth");
    const char *stale = script_option_or(line, "stale", script_flag(line, "stale") ? "true" : NULL);
    HostChallenge challenge = {
        .realm = g_strdup(script_option_or(line, "realm", server->realm)),
        .nonce = g_strdup(script_option_or(line, "nonce", nonce)),
        .algorithm = g_strdup(script_option_or(line, "algorithm", "MD5")),
        .qop = g_str_equal(qop, "none") ? NULL : g_strdup(qop),
        .opaque = g_strdup(script_option(line, "opaque")),
        .proxy = status == 407,
    };
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "%s: Digest realm=\"%s\", nonce=\"%s\"",
                           status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate",
                           challenge.realm, challenge.nonce);
    if (g_str_equal(challenge.algorithm, "none"))
        g_clear_pointer(&challenge.algorithm, g_free); /* MD5 is meant */
    else
        g_string_append_printf(text, ", algorithm=%s", challenge.algorithm);
    if (challenge.qop != NULL)
        g_string_append_printf(text, ", qop=\"%s\"", challenge.qop);
    if (challenge.opaque != NULL)
        g_string_append_printf(text, ", opaque=\"%s\"", challenge.opaque);
    if (stale != NULL)
        g_string_append_printf(text, ", stale=%s", stale);
    draft_add(draft, "%s", text->str);
    if (script_flag(line, "lost"))
        host_challenge_clear(&challenge);
    else
        host_take_challenge(turn->to, &challenge);
}

/* RFC 3261 section 10.3 step 8: what is bound now. */
static void put_bindings(Draft *draft, const TalkTurn *turn, const TalkMessage *request)
{
    const char *granted = script_option_or(turn->line, "expires", request->asked);
    const char *contact = script_option(turn->line, "contact");

    if (contact != NULL) {
        if (!g_str_equal(contact, "none"))
            draft_add(draft, "Contact: %s", contact);
        return;
    }
    if (request->binding == NULL || g_str_equal(request->binding, "*"))
        return;
    if (!g_str_equal(granted, "0"))
        draft_add(draft, "Contact: %s;expires=%s", request->binding, granted);
}

void answer_write(Draft *draft, const TalkTurn *turn, const TalkMessage *request, unsigned status)
{
    const Host *from = turn->from;

    put_via(draft, turn, request->draft);
    put_dialog(draft, turn, request->draft, status);
    if (status == 401 || status == 407)
        put_challenge(draft, turn, status);
    if (status / 100 == 2 && g_str_equal(request->method, "REGISTER"))
        put_bindings(draft, turn, request);
    if (status / 100 == 3 && script_option(turn->line, "contact") != NULL)
        draft_add(draft, "Contact: %s", script_option(turn->line, "contact"));
    draft_add(draft, "%s: %s", from->role == HOST_PHONE ? "User-Agent" : "Server", from->agent);
}
