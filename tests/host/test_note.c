/*
 * What strangers wrote arrives in a shell's environment and in a log as
 * harmless text, and the message has an end.
 */

#include "host/note.h"

#include "told.h"

static char *field_of(Note *note, const char *key)
{
    char *fields[NOTE_FIELDS + 1];
    g_autofree char *prefix = g_strconcat(key, "=", NULL);
    unsigned n = note_fields(note->bytes->str + 1, note->bytes->len - 1, fields);

    assert_int_equal(n, note->n);
    for (unsigned i = 0; i < n; i++) {
        if (g_str_has_prefix(fields[i], prefix))
            return fields[i] + strlen(prefix);
    }
    return NULL;
}

static void tells_a_change_with_its_facts(void **state)
{
    RegDevice device = told_device("alice@example.com");
    Finding finding = told_finding("alice@example.com");
    ReportChange change = told_change(&device, REG_CONDITION_STABLE, REG_CONDITION_LOST);
    Note note;

    change.finding = &finding;
    note_begin(&note, NOTE_COMMAND);
    note_add_change(&note, &change);
    assert_int_equal(note.bytes->str[0], NOTE_COMMAND);
    assert_string_equal(field_of(&note, "WHYREG_AOR"), "alice@example.com");
    assert_string_equal(field_of(&note, "WHYREG_DEVICE"), "d7");
    assert_string_equal(field_of(&note, "WHYREG_FROM"), "stable");
    assert_string_equal(field_of(&note, "WHYREG_TO"), "lost");
    assert_string_equal(field_of(&note, "WHYREG_BECAUSE"), "the newest refresh was refused");
    assert_string_equal(field_of(&note, "WHYREG_TIME"), "2026-01-31T12:00:02.000000000Z");
    assert_string_equal(field_of(&note, "WHYREG_FINDING"), "credentials_refused");
    assert_string_equal(field_of(&note, "WHYREG_SEVERITY"), "failure");
    assert_string_equal(field_of(&note, "WHYREG_SUMMARY"),
                        "403 after 2 requests with credentials.");
    note_clear(&note);
}

static void what_is_not_known_is_no_field(void **state)
{
    RegDevice device = told_device("alice@example.com");
    ReportChange change = told_change(&device, REG_CONDITION_STABLE, REG_CONDITION_LOST);
    Note note;

    change.to.until = NSEC_NONE;
    device.user_agent = NULL;
    note_begin(&note, NOTE_COMMAND);
    note_add_change(&note, &change);
    assert_null(field_of(&note, "WHYREG_UNTIL"));
    assert_null(field_of(&note, "WHYREG_USER_AGENT"));
    assert_null(field_of(&note, "WHYREG_FINDING"));
    assert_null(field_of(&note, "WHYREG_ADDRESS"));
    note_clear(&note);
}

static void text_from_the_wire_is_made_harmless(void **state)
{
    static const struct {
        const char *wire;
        const char *safe;
    } texts[] = {
        { "a\nWHYREG_TO=stable", "a\\x0aWHYREG_TO=stable" },
        { "\033[2J", "\\x1b[2J" },
        { "bad \xff\xfe", "bad \\xff\\xfe" },
        { "\xe2\x80\xae", "\\u{202e}" },
        { "M\xc3\xbcller", "M\xc3\xbcller" },
        { "$(reboot)`id`;", "$(reboot)`id`;" }, /* a value, and no program */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        Note note;

        note_begin(&note, NOTE_JOURNAL);
        note_add(&note, "K", texts[i].wire);
        assert_string_equal(field_of(&note, "K"), texts[i].safe);
        assert_int_equal(note.n, 1);
        note_clear(&note);
    }
}

static void a_long_value_is_cut_between_characters(void **state)
{
    g_autoptr(GString) wire = g_string_new("x");
    Note note;

    for (unsigned i = 0; i < 4000; i++)
        g_string_append(wire, "\xc3\xbc");
    note_begin(&note, NOTE_JOURNAL);
    note_add(&note, "K", wire->str);
    assert_in_range(strlen(field_of(&note, "K")), NOTE_VALUE - 8, NOTE_VALUE);
    assert_true(g_utf8_validate(field_of(&note, "K"), -1, NULL));
    note_clear(&note);
}

static void a_message_has_its_limits(void **state)
{
    g_autofree char *much = g_strnfill(NOTE_VALUE, 'x');
    Note note;

    note_begin(&note, NOTE_JOURNAL);
    for (unsigned i = 0; i < 100; i++)
        note_add(&note, "K", much);
    assert_in_range(note.bytes->len, NOTE_BYTES - 2 * NOTE_VALUE, NOTE_BYTES);
    note_clear(&note);

    note_begin(&note, NOTE_JOURNAL);
    for (unsigned i = 0; i < 100; i++)
        note_add(&note, "K", "");
    assert_int_equal(note.n, NOTE_FIELDS);
    note_clear(&note);
}

static void any_bytes_have_fields(void **state)
{
    char *fields[NOTE_FIELDS + 1];
    char bytes[200] = { 0 };

    assert_int_equal(note_fields(bytes, 0, fields), 0);
    assert_null(fields[0]);
    assert_int_equal(note_fields(bytes, sizeof bytes, fields), NOTE_FIELDS);
    memset(bytes, 'x', sizeof bytes);
    bytes[sizeof bytes - 1] = '\0';
    assert_int_equal(note_fields(bytes, sizeof bytes, fields), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_change_with_its_facts),
        cmocka_unit_test(what_is_not_known_is_no_field),
        cmocka_unit_test(text_from_the_wire_is_made_harmless),
        cmocka_unit_test(a_long_value_is_cut_between_characters),
        cmocka_unit_test(a_message_has_its_limits),
        cmocka_unit_test(any_bytes_have_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
