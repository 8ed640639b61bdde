/*
 * The words that registrars refuse with, as tables. A text is about a topic
 * when it names the thing and says what is wrong with it, and when nothing in
 * it shows that something else is meant: "user not found in this domain" is
 * about the user.
 */

#include "words.h"

#include "sip/value.h"

/* Longer texts are stories; the point stands at their beginning. */
#define MAX_TEXT 240

typedef struct Topic {
    const char *const *things; /* one of these ... */
    const char *const *wrongs; /* ... and one of these; NULL: the thing says enough */
    const char *const *others; /* ... and none of these; NULL: whatever else there is */
} Topic;

/* Umlauts come as UTF-8, as Latin-1 and written out. */
static const char *const domains[] = {
    "domain", "dom\303\244n", "dom\344n", "domaen", "relay", NULL
};
static const char *const not_served[] = {
    "unknown",         "not ",        "no such",   "forbidden",  "invalid", "denied",
    "wrong",           "reject",      "illegal",   "disallowed", "bad",     "foreign",
    "unbekannt",       "nicht",       "verboten",  "falsch",     "kein",    "abgelehnt",
    "ung\303\274ltig", "ung\374ltig", "ungueltig", "unzul",      NULL,
};
static const char *const of_a_user[] = {
    "user",           "account",  "subscriber", "extension",   "number",
    "authentication", "auth id",  "password",   "benutzer",    "teilnehmer",
    "nutzer",         "konto",    "rufnummer",  "nebenstelle", "anschluss",
    "kennwort",       "passwort", "limit",      "too many",    NULL,
};

static const char *const contact[] = { "contact", "kontakt", NULL };
static const char *const unfit[] = {
    "invalid",     "too long",    "long",    "bad",
    "malformed",   "missing",     "parse",   "wrong",
    "illegal",     "mismatch",    "match",   "differ",
    "not ",        "unsupported", "length",  "syntax",
    "must",        "forbidden",   "unknown", "no contact",
    "expires is",  "falsch",      "fehlt",   "zu lang",
    "stimmt",      "unbekannt",   "nicht",   "ung\303\274ltig",
    "ung\374ltig", "ungueltig",   NULL,
};
/* An invitation to call somebody, or a limit. */
static const char *const of_people[] = {
    "please contact",  "contact your",
    "contact the",     "contact support",
    "contact admin",   "contact customer",
    "contact service", "contact provider",
    "too many",        "zu viele",
    "bitte",           "kontaktieren",
    "kontakt auf",     NULL,
};

static const char *const bindings[] = {
    "contact",       "binding",   "registration", "registered",   "device",   "location", "kontakt",
    "registrierung", "anmeldung", "endger",       "ger\303\244t", "ger\344t", "geraet",   NULL,
};
static const char *const too_many[] = {
    "too many",
    "max",
    "limit",
    "exceed",
    "quota",
    "zu viele",
    "h\303\266chst",
    "h\366chst",
    "hoechst",
    "\303\274berschritten",
    "\374berschritten",
    "ueberschritten",
    NULL,
};
/* Rates of tries, lifetimes and lengths have limits of their own. */
static const char *const of_tries[] = {
    "attempt", "fail", "rate",    "request", "retr",  "expire", "interval", "length",
    "long",    "time", "versuch", "fehl",    "dauer", "call",   "anruf",    NULL,
};

static const char *const cseq[] = { "cseq", "out of order", "out-of-order", NULL };

static const Topic topics[] = {
    [WORDS_DOMAIN] = { domains, not_served, of_a_user },
    [WORDS_CONTACT] = { contact, unfit, of_people },
    [WORDS_CONTACTS] = { bindings, too_many, of_tries },
    [WORDS_CSEQ] = { cseq, NULL, NULL },
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

/* At the beginning of a word: "ban" is not in "urban". What follows is open,
 * for "unbekannt", "unbekannte" and "unbekannter". */
static bool has_word(Str text, const char *word)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((i == 0 || !is_letter(text.data[i - 1]))
            && str_starts_nocase(str_from(text, i), str_of(word)))
            return true;
    }
    return false;
}

static bool has_any(Str text, const char *const *words)
{
    while (*words != NULL) {
        if (has_word(text, *words++))
            return true;
    }
    return false;
}

bool words_are_about(Str text, WordsTopic topic)
{
    const Topic *t = &topics[topic];
    Str head = str_first(text, MAX_TEXT);

    return has_any(head, t->things) && (t->wrongs == NULL || has_any(head, t->wrongs))
           && (t->others == NULL || !has_any(head, t->others));
}

/* The text of a Warning without its code and host (RFC 3261 section 20.43).
 * OpenSER and its heirs write a protocol of the request there, which may hold
 * any word. */
static Str text_of_warning(Str value)
{
    Str before, quoted, text, rest;

    if (!str_split(value, '"', &before, &quoted)
        || str_starts_nocase(quoted, STR("Noisy feedback")))
        return STR_NONE;
    str_split(quoted, '"', &text, &rest);
    return text;
}

static Str first_line(Str body)
{
    Str line, rest;

    str_split(body, '\n', &line, &rest);
    return str_trim(line);
}

Str words_find(const SipMessage *answer, WordsTopic topic)
{
    const Str texts[] = {
        answer->reason,
        sip_message_first(answer, SIP_HEADER_P_REGISTRAR_ERROR),
        text_of_warning(sip_message_first(answer, SIP_HEADER_WARNING)),
        sip_message_first(answer, SIP_HEADER_REASON),
        first_line(answer->body),
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (words_are_about(texts[i], topic))
            return str_trim(texts[i]);
    }
    return STR_NONE;
}
