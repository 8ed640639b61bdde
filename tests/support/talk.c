/*
 * Requests and answers (RFC 3261 sections 8.1, 8.2 and 10).
 */

#include "talk.h"

#include <string.h>

#include "answer.h"
#include "credentials.h"

static void message_free(void *item)
{
    TalkMessage *message = item;

    g_free(message->label);
    g_free(message->method);
    g_free(message->binding);
    g_free(message->asked);
    g_clear_pointer(&message->draft, draft_free);
    if (message->bytes != NULL)
        g_string_free(message->bytes, TRUE);
    g_free(message);
}

void talk_init(Talk *talk)
{
    talk->messages = g_ptr_array_new_with_free_func(message_free);
}

void talk_clear(Talk *talk)
{
    g_clear_pointer(&talk->messages, g_ptr_array_unref);
}

static TalkMessage *add_message(Talk *talk, const TalkTurn *turn, char *start)
{
    TalkMessage *message = g_new0(TalkMessage, 1);

    message->from = turn->from;
    message->to = turn->to;
    message->label = g_strdup(script_option(turn->line, "as"));
    message->draft = draft_new(start);
    g_ptr_array_add(talk->messages, message);
    return message;
}

/* From one to the other: the newest, or the newest of that name. 'from' may be
 * NULL: from anybody. */
static const TalkMessage *find(const Talk *talk, const Host *from, const Host *to,
                               const char *label, bool request)
{
    for (unsigned i = talk->messages->len; i > 0; i--) {
        const TalkMessage *m = g_ptr_array_index(talk->messages, i - 1);

        if ((from != NULL && m->from != from) || m->to != to || m->bytes == NULL)
            continue;
        if (request && (m->method == NULL || g_str_equal(m->method, "ACK")))
            continue;
        if (label == NULL || g_strcmp0(label, m->label) == 0)
            return m;
    }
    return NULL;
}

/* Headers that a line may give by a short name. */
static void set_plain_headers(Draft *draft, ScriptLine *line)
{
    static const char *const plain[][2] = {
        { "call-id", "Call-ID" },
        { "date", "Date" },
        { "min-expires", "Min-Expires" },
        { "retry-after", "Retry-After" },
        { "route", "Route" },
        { "user-agent", "User-Agent" },
        { "unsupported", "Unsupported" },
        { "warning", "Warning" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(plain); i++) {
        const char *value = script_option(line, plain[i][0]);
        g_autofree char *header = g_strdup_printf("%s: %s", plain[i][1], value ? value : "");

        if (value != NULL)
            draft_set(draft, header);
    }
}

static bool replace_text(GString *bytes, ScriptLine *line, GError **error)
{
    unsigned cursor = 0;

    for (const char *rule; (rule = script_option_next(line, "replace", &cursor)) != NULL;) {
        const char *arrow = strstr(rule, "=>");

        if (arrow == NULL)
            return script_fail(line, error, "replace= wants \"old=>new\"");

        g_autofree char *old = g_strndup(rule, (size_t)(arrow - rule));

        if (g_string_replace(bytes, old, arrow + 2, 0) == 0)
            return script_fail(line, error, "there is no '%s' to replace", old);
    }
    return true;
}

/* The wishes of the line, then the bytes. */
static bool finish(TalkMessage *message, ScriptLine *line, GError **error)
{
    Draft *draft = message->draft;
    const char *body = script_option(line, "body");
    unsigned cursor = 0;

    set_plain_headers(draft, line);
    if (body != NULL) {
        g_free(draft->body);
        draft->body = g_strdup(body);
    }
    for (const char *name; (name = script_option_next(line, "drop", &cursor)) != NULL;)
        draft_drop(draft, name);
    cursor = 0;
    for (const char *header; (header = script_option_next(line, "header", &cursor)) != NULL;)
        draft_set(draft, header);
    cursor = 0;
    for (const char *header; (header = script_option_next(line, "add", &cursor)) != NULL;)
        draft_add(draft, "%s", header);

    GString *bytes = draft_write(draft);

    if (!replace_text(bytes, line, error)) {
        g_string_free(bytes, TRUE);
        return false;
    }
    message->bytes = bytes;
    return true;
}

static const char *transport_of(const TalkTurn *turn)
{
    return turn->from->tcp || turn->to->tcp ? "TCP" : "UDP";
}

static char *contact_uri(const Host *host)
{
    g_autofree char *where = host_endpoint_text(&host->own);

    return g_strdup_printf("sip:%s@%s%s", host->user, where, host->tcp ? ";transport=tcp" : "");
}

static char *request_uri(const TalkTurn *turn)
{
    const char *said = script_option(turn->line, "uri");

    if (said != NULL)
        return g_strdup(said);
    if (turn->to->role == HOST_PHONE)
        return contact_uri(turn->to);
    return g_strdup_printf("sip:%s", turn->from->domain);
}

static void put_via(Draft *draft, const TalkTurn *turn)
{
    Host *from = turn->from;
    g_autofree char *where = host_endpoint_text(&from->own);
    g_autofree char *token = host_token(from, "branch", ++from->counter, 16);
    g_autofree char *branch = g_strdup_printf("z9hG4bK%s", token);

    draft_add(draft, "Via: SIP/2.0/%s %s;branch=%s%s", transport_of(turn), where,
              script_option_or(turn->line, "branch", branch),
              from->rport && from->role == HOST_PHONE ? ";rport" : "");
}

/* RFC 3261 section 10.2: one Call-ID for all REGISTERs of a boot, CSeq up by
 * one each time. Every other request here is a dialog of its own. */
static bool put_identity(Draft *draft, const TalkTurn *turn, const char *method, GError **error)
{
    Host *from = turn->from;
    const Host *phone = from->role == HOST_PHONE ? from : turn->to;
    bool registers = g_str_equal(method, "REGISTER");
    uint64_t cseq = registers ? from->cseq + 1 : 1;
    unsigned number = registers ? from->boots : from->counter;
    g_autofree char *call_id = host_token(from, registers ? "boot" : "call", number, 24);
    g_autofree char *tag = host_token(from, "tag", number, 10);
    g_autofree char *aor = g_strdup_printf("sip:%s@%s", phone->user, phone->domain);
    g_autofree char *service = g_strdup_printf("sip:service@%s", from->domain);
    const char *caller = from->role == HOST_PHONE ? aor : service;
    const char *to_tag = script_option(turn->line, "to-tag");

    if (!script_number(turn->line, "cseq", UINT32_MAX, &cseq, error))
        return false;
    if (registers)
        from->cseq = (unsigned)cseq;
    draft_add(draft, "Max-Forwards: 70");
    draft_add(draft, "From: <%s>;tag=%s", script_option_or(turn->line, "from", caller),
              script_option_or(turn->line, "from-tag", tag));
    draft_add(draft, "To: <%s>%s%s", script_option_or(turn->line, "to", aor), to_tag ? ";tag=" : "",
              to_tag ? to_tag : "");
    draft_add(draft, "Call-ID: %s", call_id);
    draft_add(draft, "CSeq: %" G_GUINT64_FORMAT " %s", cseq, method);
    return true;
}

static char *without_expires(const char *contact)
{
    const char *start = strstr(contact, ";expires=");

    if (start == NULL)
        return g_strdup(contact);

    const char *end = start + 1 + strcspn(start + 1, ";,");

    return g_strdup_printf("%.*s%s", (int)(start - contact), contact, end);
}

/* What the device wants bound, and for how long. */
static void put_binding(TalkMessage *message, const TalkTurn *turn)
{
    const Host *phone = turn->from;
    g_autofree char *uri = contact_uri(phone);
    g_autofree char *instance =
        phone->instance ? g_strdup_printf(";+sip.instance=\"<%s>\"", phone->instance) : NULL;
    g_autofree char *own = g_strdup_printf("<%s>%s", uri, instance != NULL ? instance : "");
    g_autofree char *usual = g_strdup_printf("%" G_GUINT64_FORMAT, phone->expires);
    const char *contact = script_option_or(turn->line, "contact", own);
    const char *param = script_option(turn->line, "contact-expires");
    const char *expires = script_option_or(turn->line, "expires", param != NULL ? "none" : usual);
    bool silent = g_str_equal(expires, "none");

    if (!g_str_equal(contact, "none")) {
        message->binding = without_expires(contact);
        draft_add(message->draft, "Contact: %s%s%s", contact, param ? ";expires=" : "",
                  param ? param : "");
    }
    if (!silent)
        draft_add(message->draft, "Expires: %s", expires);
    message->asked = g_strdup(param != NULL ? param : silent ? usual : expires);
}

static void put_credentials(Draft *draft, const HostChallenge *known, const Credentials *c,
                            const char *response, ScriptLine *line)
{
    const char *auts = script_option(line, "auts");
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "%sAuthorization: Digest username=\"%s\", realm=\"%s\", ",
                           known->proxy ? "Proxy-" : "", c->username, c->realm);
    g_string_append_printf(text, "nonce=\"%s\", uri=\"%s\", response=\"%s\"", c->nonce, c->uri,
                           response);
    if (g_strcmp0(script_option(line, "algorithm"), "none") != 0)
        g_string_append_printf(text, ", algorithm=%s", c->algorithm);
    if (c->qop != NULL)
        g_string_append_printf(text, ", cnonce=\"%s\", qop=%s, nc=%s", c->cnonce, c->qop, c->nc);
    if (auts != NULL)
        g_string_append_printf(text, ", auts=\"%s\"", auts);
    if (known->opaque != NULL)
        g_string_append_printf(text, ", opaque=\"%s\"", known->opaque);
    draft_add(draft, "%s", text->str);
}

/* Of "auth,auth-int" a phone takes what it knows (RFC 7616 section 3.4). */
static const char *choose_qop(const HostChallenge *challenge)
{
    const char *offered = challenge->qop;

    if (challenge->nonce == NULL)
        return "auth";
    return offered != NULL && g_str_has_prefix(offered, "auth") && offered[4] != '-' ? "auth"
                                                                                     : offered;
}

/* What is hashed; "algorithm=none" leaves only its name away. */
static const char *choose_algorithm(const HostChallenge *challenge, ScriptLine *line)
{
    const char *named = challenge->algorithm != NULL ? challenge->algorithm : "MD5";
    const char *said = script_option_or(line, "algorithm", named);

    return g_str_equal(said, "none") ? named : said;
}

/* RFC 3261 section 22.2: the answer to a challenge, or to the nonce that the
 * line gives. */
static bool authorize(Draft *draft, const TalkTurn *turn, const char *method, const char *uri,
                      HostChallenge *known, GError **error)
{
    Host *host = turn->from;
    ScriptLine *line = turn->line;
    g_autofree char *nc = g_strdup_printf("%08x", ++known->uses);
    g_autofree char *cnonce = host_token(host, "cnonce", host->counter, 16);
    const char *qop = script_option_or(line, "qop", choose_qop(known));
    const char *user = host->auth_user != NULL ? host->auth_user : host->user;
    Credentials c = {
        .algorithm = choose_algorithm(known, line),
        .username = script_option_or(line, "auth-user", user),
        .realm = script_option_or(line, "realm", known->realm ? known->realm : host->realm),
        .password = script_option_or(line, "password", host->password),
        .method = method,
        .uri = script_option_or(line, "digest-uri", uri),
        .nonce = script_option_or(line, "nonce", known->nonce),
        .qop = qop != NULL && !g_str_equal(qop, "none") ? qop : NULL,
        .nc = script_option_or(line, "nc", nc),
        .cnonce = script_option_or(line, "cnonce", cnonce),
    };
    const char *response = script_option(line, "response");

    if (c.nonce == NULL)
        return script_fail(line, error, "%s has no challenge to answer", host->name);
    if (response == NULL && !credentials_known(c.algorithm))
        return script_fail(line, error, "no digest with '%s' here: give response=", c.algorithm);

    g_autofree char *computed = response != NULL ? g_strdup(response) : credentials_response(&c);

    put_credentials(draft, known, &c, computed, line);
    return true;
}

/* RFC 3261 section 22.3: a proxy and the registrar behind it, each its own. */
static bool authorize_both(Draft *draft, const TalkTurn *turn, const char *method, const char *uri,
                           GError **error)
{
    Host *host = turn->from;

    if (script_flag(turn->line, "both")
        && !authorize(draft, turn, method, uri, &host->other, error))
        return false;
    return authorize(draft, turn, method, uri, &host->challenge, error);
}

/* ACK to a refusal and CANCEL belong to the INVITE and repeat its top (RFC 3261
 * sections 9.1 and 17.1.1.3). */
static bool follow_invite(const Talk *talk, const TalkTurn *turn, TalkMessage *message,
                          GError **error)
{
    static const char *const same[] = { "Via", "Max-Forwards", "From", "To", "Call-ID" };
    const TalkMessage *invite = find(talk, turn->from, turn->to, NULL, true);

    if (invite == NULL || !g_str_equal(invite->method, "INVITE"))
        return script_fail(turn->line, error, "there is no INVITE before this %s", message->method);

    const Draft *draft = invite->draft;
    unsigned uri = (unsigned)strlen("INVITE");

    g_free(message->draft->start);
    message->draft->start = g_strconcat(message->method, draft->start + uri, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(same); i++)
        draft_add(message->draft, "%s: %s", same[i], draft_get(draft, same[i], 0));
    draft_add(message->draft, "CSeq: 1 %s", message->method);
    return true;
}

static bool write_request(Talk *talk, const TalkTurn *turn, TalkMessage *message, bool auth,
                          GError **error)
{
    const char *method = message->method;
    Draft *draft = message->draft;
    g_autofree char *uri = request_uri(turn);

    if (g_str_equal(method, "ACK") || g_str_equal(method, "CANCEL"))
        return follow_invite(talk, turn, message, error);
    put_via(draft, turn);
    if (!put_identity(draft, turn, method, error))
        return false;
    if (g_str_equal(method, "REGISTER"))
        put_binding(message, turn);
    if (auth && !authorize_both(draft, turn, method, uri, error))
        return false;
    draft_add(draft, "%s: %s", turn->from->role == HOST_PHONE ? "User-Agent" : "Server",
              turn->from->agent);
    return true;
}

const TalkMessage *talk_request(Talk *talk, const TalkTurn *turn, const char *method, bool auth,
                                GError **error)
{
    g_autofree char *uri = request_uri(turn);
    TalkMessage *message = add_message(talk, turn, g_strdup_printf("%s %s SIP/2.0", method, uri));

    message->method = g_strdup(method);
    if (!write_request(talk, turn, message, auth, error) || !finish(message, turn->line, error))
        return NULL;
    return message;
}

const TalkMessage *talk_answer(Talk *talk, const TalkTurn *turn, unsigned status, GError **error)
{
    const char *label = script_option(turn->line, "for");
    const TalkMessage *request = find(talk, turn->to, turn->from, label, true);

    if (request == NULL) {
        script_fail(turn->line, error, "%s has asked %s nothing to answer", turn->to->name,
                    turn->from->name);
        return NULL;
    }

    TalkMessage *message = add_message(talk, turn, answer_start_line(turn->line, status));

    answer_write(message->draft, turn, request, status);
    return finish(message, turn->line, error) ? message : NULL;
}

/* One hop more. */
static void forward_request(Draft *draft, const TalkTurn *turn, const TalkMessage *original)
{
    const char *via = draft_get(draft, "Via", 0);
    const char *hops = draft_get(draft, "Max-Forwards", 0);
    TalkTurn back = { turn->from, original->from, turn->line };
    g_autofree char *noted = answer_noted_via(&back, via != NULL ? via : "");
    g_autofree char *fewer =
        g_strdup_printf("Max-Forwards: %" G_GUINT64_FORMAT,
                        hops != NULL ? g_ascii_strtoull(hops, NULL, 10) - 1 : 70);
    g_autoptr(Draft) own = draft_new(NULL);
    g_autofree char *header = NULL;

    draft_set(draft, noted);
    draft_set(draft, fewer);
    put_via(own, turn);
    header = g_strdup_printf("Via: %s", draft_get(own, "Via", 0));
    draft_insert(draft, header);
}

/* One hop back; a challenge is for who asked first. */
static void forward_answer(Draft *draft, const TalkTurn *turn)
{
    draft_drop_first(draft, "Via");
    if (turn->from->challenge.nonce != NULL && !script_flag(turn->line, "lost"))
        host_take_challenge(turn->to, &turn->from->challenge);
}

const TalkMessage *talk_forward(Talk *talk, const TalkTurn *turn, GError **error)
{
    const char *label = script_option(turn->line, "of");
    const TalkMessage *original = find(talk, NULL, turn->from, label, false);

    if (original == NULL) {
        script_fail(turn->line, error, "nobody has told %s anything to pass on", turn->from->name);
        return NULL;
    }

    TalkMessage *message = add_message(talk, turn, NULL);

    draft_free(message->draft);
    message->draft = draft_copy(original->draft);
    message->method = g_strdup(original->method);
    message->binding = g_strdup(original->binding);
    message->asked = g_strdup(original->asked);
    if (message->method != NULL)
        forward_request(message->draft, turn, original);
    else
        forward_answer(message->draft, turn);
    return finish(message, turn->line, error) ? message : NULL;
}

const TalkMessage *talk_copy(const Talk *talk, const TalkTurn *turn, GError **error)
{
    const char *label = script_option(turn->line, "of");
    const TalkMessage *message = find(talk, turn->from, turn->to, label, false);

    if (message == NULL)
        script_fail(turn->line, error, "%s has told %s nothing to repeat", turn->from->name,
                    turn->to->name);
    return message;
}
