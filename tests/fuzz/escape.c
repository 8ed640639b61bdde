/*
 * Text from the wire on its way out: a terminal gets nothing but what it can
 * show, everybody else valid UTF-8.
 */

#include <glib.h>

#include "base/escape.h"
#include "fuzz.h"

static void check_terminal(Str text)
{
    g_autoptr(GString) out = g_string_new(NULL);

    escape_terminal(out, text);
    fuzz_check(g_utf8_validate(out->str, (gssize)out->len, NULL));
    for (const char *at = out->str; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        fuzz_check(g_unichar_isgraph(c) || c == ' '
                   || g_unichar_type(c) == G_UNICODE_SPACE_SEPARATOR || g_unichar_ismark(c));
        fuzz_check(c != 0x7f && !(c >= 0x80 && c < 0xa0) && !(c >= 0x202a && c <= 0x202e));
    }

    unsigned total = 0;

    for (const char *at = out->str; *at != '\0';) {
        unsigned columns;

        at = escape_next(at, &columns);
        total += columns;
    }
    fuzz_check(total == escape_columns(out->str));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    Str text = reader_rest(&input);
    g_autoptr(GString) out = g_string_new(NULL);

    check_terminal(text);
    escape_utf8(out, text);
    fuzz_check(g_utf8_validate_len(out->str, out->len, NULL) || memchr(text.data, 0, text.len));
    return 0;
}
