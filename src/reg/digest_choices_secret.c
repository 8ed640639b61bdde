/*
 * Other forms of the supplied password: what becomes of it on its way through
 * configuration files, provisioning and the web pages of phones.
 *
 * Nothing is guessed here. Each form is made from the password itself by what
 * some software does to passwords.
 */

#include <glib.h>

#include "digest_choices.h"

/* Longer ones than any device takes are tried as they are only. */
#define PASSWORD_MAX 512

typedef struct Forms {
    RegDigestChoices *choices;
    RegScratch *scratch;
    Str password;
} Forms;

static void add(const Forms *forms, RegHypothesisId id, Str value)
{
    reg_choices_add(forms->choices, id, value);
}

static void add_joined(const Forms *forms, RegHypothesisId id, Str before, Str behind)
{
    add(forms, id, reg_scratch_join(forms->scratch, (Str[]){ before, forms->password, behind }, 3));
}

/* A line end that came along from a file, a blank from copying. */
static void add_blanks(const Forms *forms)
{
    Str password = forms->password;
    Str trimmed = str_trim(password);
    size_t lead = (size_t)(trimmed.data - password.data);
    size_t without_line_end = password.len;

    while (without_line_end > 0
           && (password.data[without_line_end - 1] == '\n'
               || password.data[without_line_end - 1] == '\r'))
        without_line_end--;
    add(forms, REG_HYPOTHESIS_SECRET_BLANK_LOST, str_first(password, without_line_end));
    add(forms, REG_HYPOTHESIS_SECRET_BLANK_LOST, trimmed);
    add(forms, REG_HYPOTHESIS_SECRET_BLANK_LOST, str_first(password, lead + trimmed.len));
    add(forms, REG_HYPOTHESIS_SECRET_BLANK_LOST, str_from(password, lead));

    add_joined(forms, REG_HYPOTHESIS_SECRET_BLANK_ADDED, STR(""), STR("\n"));
    add_joined(forms, REG_HYPOTHESIS_SECRET_BLANK_ADDED, STR(""), STR("\r\n"));
    add_joined(forms, REG_HYPOTHESIS_SECRET_BLANK_ADDED, STR(""), STR("\r"));
    add_joined(forms, REG_HYPOTHESIS_SECRET_BLANK_ADDED, STR(""), STR(" "));
    add_joined(forms, REG_HYPOTHESIS_SECRET_BLANK_ADDED, STR(" "), STR(""));
    add_joined(forms, REG_HYPOTHESIS_SECRET_BLANK_ADDED, STR(" "), STR(" "));
    add_joined(forms, REG_HYPOTHESIS_SECRET_BLANK_ADDED, STR(""), STR("\t"));
}

static void add_quotes(const Forms *forms)
{
    Str password = forms->password;

    if (password.len >= 2 && (password.data[0] == '"' || password.data[0] == '\'')
        && password.data[password.len - 1] == password.data[0])
        add(forms, REG_HYPOTHESIS_SECRET_UNQUOTED,
            str_first(str_from(password, 1), password.len - 2));
    add_joined(forms, REG_HYPOTHESIS_SECRET_QUOTED, STR("\""), STR("\""));
    add_joined(forms, REG_HYPOTHESIS_SECRET_QUOTED, STR("'"), STR("'"));
}

/* Every 'from' becomes 'to'; STR_NONE when there is none. */
static Str replace(const Forms *forms, Str text, Str from, Str to)
{
    if (!str_present(text))
        return STR_NONE;

    size_t room = text.len + text.len / from.len * to.len;
    char *out = reg_scratch_take(forms->scratch, room);
    size_t len = 0;
    bool found = false;

    if (out == NULL)
        return STR_NONE;
    for (size_t i = 0; i < text.len;) {
        bool here = str_starts(str_from(text, i), from);
        Str piece = here ? to : str_first(str_from(text, i), 1);

        memcpy(out + len, piece.data, piece.len);
        len += piece.len;
        i += here ? from.len : 1;
        found |= here;
    }
    return found ? (Str){ out, len } : STR_NONE;
}

typedef struct Entity {
    Str plain;
    Str encoded;
} Entity;

/* The ampersand comes first when encoding and last when decoding. */
static const Entity entities[] = {
    { { "&", 1 }, { "&amp;", 5 } },  { { "<", 1 }, { "&lt;", 4 } },
    { { ">", 1 }, { "&gt;", 4 } },   { { "\"", 1 }, { "&quot;", 6 } },
    { { "'", 1 }, { "&#39;", 5 } },  { { "'", 1 }, { "&apos;", 6 } },
    { { "'", 1 }, { "&#039;", 6 } },
};

/* Each alone, for software that knows only some of them, and all together. */
static void add_html(const Forms *forms)
{
    Str encoded = forms->password;
    Str decoded = forms->password;

    for (size_t i = G_N_ELEMENTS(entities); i-- > 0;) {
        Str next = replace(forms, decoded, entities[i].encoded, entities[i].plain);

        decoded = str_present(next) ? next : decoded;
    }
    add(forms, REG_HYPOTHESIS_SECRET_HTML, decoded);
    for (size_t i = 0; i < G_N_ELEMENTS(entities); i++) {
        Str next = replace(forms, encoded, entities[i].plain, entities[i].encoded);

        encoded = str_present(next) ? next : encoded;
        add(forms, REG_HYPOTHESIS_SECRET_HTML, next);
        add(forms, REG_HYPOTHESIS_SECRET_HTML,
            replace(forms, forms->password, entities[i].plain, entities[i].encoded));
    }
}

/* RFC 3986 section 2.3, or what RFC 3261 section 25.1 leaves alone in a user. */
static Str percent_encode(const Forms *forms, const char *left_alone)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = reg_scratch_take(forms->scratch, 3 * forms->password.len);
    size_t len = 0;

    if (out == NULL)
        return STR_NONE;
    for (size_t i = 0; i < forms->password.len; i++) {
        uint8_t c = (uint8_t)forms->password.data[i];

        if (g_ascii_isalnum(c) || (c != '\0' && strchr(left_alone, c) != NULL)) {
            out[len++] = (char)c;
            continue;
        }
        out[len++] = '%';
        out[len++] = digits[c >> 4];
        out[len++] = digits[c & 15];
    }
    return (Str){ out, len };
}

static void add_escapes(const Forms *forms)
{
    Str password = forms->password;
    Str encoded = percent_encode(forms, "-_.~");
    Str form = replace(forms, encoded, STR("%20"), STR("+"));

    add(forms, REG_HYPOTHESIS_SECRET_PERCENT, reg_choices_percent_decode(forms->scratch, password));
    add(forms, REG_HYPOTHESIS_SECRET_PERCENT, replace(forms, password, STR("+"), STR(" ")));
    add(forms, REG_HYPOTHESIS_SECRET_PERCENT, encoded);
    add(forms, REG_HYPOTHESIS_SECRET_PERCENT, form);
    add(forms, REG_HYPOTHESIS_SECRET_PERCENT, percent_encode(forms, "-_.!~*'()"));
    add(forms, REG_HYPOTHESIS_SECRET_PERCENT, percent_encode(forms, "-_.!~*'()&=+$"));

    add(forms, REG_HYPOTHESIS_SECRET_BACKSLASH, reg_choices_unescape(forms->scratch, password));
    add(forms, REG_HYPOTHESIS_SECRET_BACKSLASH, replace(forms, password, STR("\\"), STR("\\\\")));
    add(forms, REG_HYPOTHESIS_SECRET_BACKSLASH, replace(forms, password, STR("\""), STR("\\\"")));
    add(forms, REG_HYPOTHESIS_SECRET_DOLLAR, replace(forms, password, STR("$$"), STR("$")));
}

/* Latin-1 made from UTF-8; STR_NONE when it cannot be. */
static Str to_latin1(const Forms *forms)
{
    Str password = forms->password;
    char *out = reg_scratch_take(forms->scratch, password.len);
    size_t len = 0;

    if (out == NULL || !g_utf8_validate_len(password.data, password.len, NULL))
        return STR_NONE;
    for (const char *at = password.data; at < password.data + password.len;
         at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (c > 0xff)
            return STR_NONE;
        out[len++] = (char)c;
    }
    return (Str){ out, len };
}

static Str from_latin1(const Forms *forms)
{
    Str password = forms->password;
    char *out = reg_scratch_take(forms->scratch, 2 * password.len);
    size_t len = 0;

    if (out == NULL)
        return STR_NONE;
    for (size_t i = 0; i < password.len; i++)
        len += (size_t)g_unichar_to_utf8((uint8_t)password.data[i], out + len);
    return (Str){ out, len };
}

/* The characters that one is made of, canonically (Unicode section 3.11). */
#define DECOMPOSED_MAX 18
#define UTF8_MAX 6

/* Letters and their accents in one character each, or apart. The marks of a
 * letter are left in their order: passwords have one. GLib's own function does
 * the same and more, but leaves copies of the password in memory. */
static Str normalise(const Forms *forms, bool compose)
{
    Str password = forms->password;
    char *out = reg_scratch_take(forms->scratch, 3 * password.len + DECOMPOSED_MAX * UTF8_MAX);
    size_t limit = 3 * password.len;
    size_t len = 0;
    size_t last = 0; /* where the newest character in 'out' begins */

    if (out == NULL || !g_utf8_validate_len(password.data, password.len, NULL))
        return STR_NONE;
    for (const char *at = password.data; at < password.data + password.len && len <= limit;
         at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        gunichar parts[DECOMPOSED_MAX];
        gunichar whole;
        size_t n = 1;

        parts[0] = c;
        if (!compose)
            n = g_unichar_fully_decompose(c, FALSE, parts, DECOMPOSED_MAX);
        if (compose && len > 0 && g_unichar_compose(g_utf8_get_char(out + last), c, &whole)) {
            parts[0] = whole;
            len = last;
        }
        last = len;
        for (size_t i = 0; i < n; i++)
            len += (size_t)g_unichar_to_utf8(parts[i], out + len);
    }
    return (Str){ out, len };
}

static void add_charsets(const Forms *forms)
{
    Str password = forms->password;

    add(forms, REG_HYPOTHESIS_SECRET_CHARSET, replace(forms, password, STR("\xc2\xa0"), STR(" ")));
    add(forms, REG_HYPOTHESIS_SECRET_CHARSET, normalise(forms, true));
    add(forms, REG_HYPOTHESIS_SECRET_CHARSET, normalise(forms, false));
    add(forms, REG_HYPOTHESIS_SECRET_CHARSET, to_latin1(forms));
    add(forms, REG_HYPOTHESIS_SECRET_CHARSET, from_latin1(forms));
}

static void add_cases(const Forms *forms)
{
    Str password = forms->password;
    Str capital = reg_scratch_join(forms->scratch, &password, 1);

    add(forms, REG_HYPOTHESIS_SECRET_CASE, reg_choices_lower(forms->scratch, password));
    add(forms, REG_HYPOTHESIS_SECRET_CASE, reg_choices_upper(forms->scratch, password));
    if (capital.len > 0) {
        char *first = (char *)capital.data;

        *first = g_ascii_toupper(*first);
        add(forms, REG_HYPOTHESIS_SECRET_CASE, capital);
    }
}

/* What ends a value in some configuration language or list. */
static void add_cuts(const Forms *forms)
{
    static const char stops[] = ";#@:&%<\"' ";
    static const unsigned char lengths[] = { 8, 10, 12, 15, 16, 20, 24, 25, 31, 32, 63, 64 };
    Str head;
    Str tail;

    for (const char *stop = stops; *stop != '\0'; stop++) {
        if (str_split(forms->password, *stop, &head, &tail) && head.len > 0)
            add(forms, REG_HYPOTHESIS_SECRET_CUT_AT_CHAR, head);
    }
    if (str_split(forms->password, ':', &head, &tail) && tail.len > 0)
        add(forms, REG_HYPOTHESIS_SECRET_BEHIND_CHAR, tail);
    for (size_t i = 0; i < sizeof(lengths); i++) {
        if (lengths[i] < forms->password.len)
            add(forms, REG_HYPOTHESIS_SECRET_CUT_SHORT, str_first(forms->password, lengths[i]));
    }
}

void reg_choices_of_secret(RegDigestChoices *choices, RegScratch *scratch,
                           const RegDigestRecipe *base, const RegSecret *secret, Str ha1)
{
    Forms forms = { choices, scratch, secret->secret };
    bool clear = secret->kind == REG_SECRET_PASSWORD;

    /* With an HA1 the password is not known; a line end is none. */
    reg_choices_begin(choices, REG_INGREDIENT_SECRET, clear ? forms.password : STR("\n"));
    if (clear && forms.password.len > 0 && forms.password.len <= PASSWORD_MAX) {
        add_blanks(&forms);
        add_quotes(&forms);
        add_charsets(&forms);
        add_escapes(&forms);
        add_html(&forms);
        add_cases(&forms);
        add_cuts(&forms);
    }
    add(&forms, REG_HYPOTHESIS_SECRET_IS_USER, base->user);
    add(&forms, REG_HYPOTHESIS_SECRET_EMPTY, STR(""));
    add(&forms, REG_HYPOTHESIS_SECRET_IS_HA1, ha1);
}
