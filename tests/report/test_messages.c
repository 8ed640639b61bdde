/*
 * Which messages are there when the report is written.
 */

#include "report/messages.h"

#include "sample.h"

static SipMessage *message_new(uint64_t frame, size_t size)
{
    NetMeta meta = { .ref = { .frame = frame }, .time = START + (Nsec)frame };
    g_autoptr(GString) text = g_string_new("REGISTER sip:example.com SIP/2.0\r\nSubject: ");

    while (text->len + 4 < size)
        g_string_append_c(text, 'x');
    g_string_append(text, "\r\n\r\n");
    return sip_message_parse(&meta, (Str){ text->str, text->len }, 0);
}

static void add(ReportMessages *messages, uint64_t frame, size_t size)
{
    g_autoptr(SipMessage) message = message_new(frame, size);

    report_messages_add(messages, message);
}

/* A chain of one step, whose request is that frame. */
static void keep(ReportMessages *messages, uint64_t frame)
{
    g_autoptr(SipMessage) request = message_new(frame, 400);
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(RegStep));
    SipTxn txn = { .request = request };
    RegStep step = { .sightings = { &txn }, .n_sightings = 1 };

    g_array_append_val(steps, step);
    report_messages_keep(messages, &(RegChain){ .steps = steps });
}

static GArray *select_for(const Sample *s, const ReportMessages *messages, uint64_t *left_out)
{
    return report_messages_select(messages, s->findings, s->device_list, left_out);
}

static bool has_frame(const GArray *chosen, uint64_t frame)
{
    for (unsigned i = 0; i < chosen->len; i++) {
        if (g_array_index(chosen, ReportMessage, i).ref.frame == frame)
            return true;
    }
    return false;
}

static void only_what_the_report_names_is_chosen(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportMessages) messages = report_messages_new();
    uint64_t left_out;

    for (uint64_t frame = 1; frame <= 100; frame++)
        add(messages, frame, 400);

    g_autoptr(GArray) chosen = select_for(s, messages, &left_out);

    assert_true(has_frame(chosen, 10)); /* of a finding */
    assert_true(has_frame(chosen, 20)); /* of an attempt without one */
    assert_false(has_frame(chosen, 15));
    assert_int_equal(left_out, 0);
}

static void they_come_in_the_order_of_the_frames_and_once_each(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportMessages) messages = report_messages_new();
    uint64_t left_out;

    for (uint64_t frame = 100; frame > 0; frame--)
        add(messages, frame, 400);

    g_autoptr(GArray) chosen = select_for(s, messages, &left_out);

    assert_true(chosen->len > 5);
    for (unsigned i = 1; i < chosen->len; i++)
        assert_true(g_array_index(chosen, ReportMessage, i - 1).ref.frame
                    < g_array_index(chosen, ReportMessage, i).ref.frame);
}

static void what_was_not_kept_is_counted(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportMessages) messages = report_messages_new();
    uint64_t left_out;

    add(messages, 4, 400);

    g_autoptr(GArray) chosen = select_for(s, messages, &left_out);

    assert_int_equal(chosen->len, 1);
    assert_true(left_out > 0);
}

static void the_newest_push_out_the_oldest_but_not_what_is_cited(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportMessages) messages = report_messages_new();
    uint64_t left_out;

    add(messages, 4, 400);
    add(messages, 10, 400);
    keep(messages, 10);
    for (uint64_t frame = 1000; frame < 2000; frame++)
        add(messages, frame, 20000);

    g_autoptr(GArray) chosen = select_for(s, messages, &left_out);

    assert_false(has_frame(chosen, 4));
    assert_true(has_frame(chosen, 10));
}

static void several_messages_of_one_frame_are_all_there(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportMessages) messages = report_messages_new();
    uint64_t left_out;

    for (unsigned i = 0; i < 3; i++)
        add(messages, 4, 400 + 100 * i);

    g_autoptr(GArray) chosen = select_for(s, messages, &left_out);

    assert_int_equal(chosen->len, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(g_array_index(chosen, ReportMessage, i).text.len, 400 + 100 * i);
}

static void a_report_stays_small_enough_to_be_sent(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportMessages) messages = report_messages_new();
    Finding *finding = g_ptr_array_index(s->findings, 0);
    size_t bytes = 0;
    uint64_t left_out;

    for (unsigned i = 0; i < 7; i++)
        finding_cite(finding, "request", (CaptureRef){ .frame = 500 + i }, AT(3), STR("x"), NULL);
    for (unsigned i = 0; i < 7; i++) {
        add(messages, 500 + i, 60000);
        keep(messages, 500 + i);
    }
    for (uint64_t frame = 1; frame <= 100; frame++)
        add(messages, frame, 60000);

    g_autoptr(GArray) chosen = select_for(s, messages, &left_out);

    for (unsigned i = 0; i < chosen->len; i++)
        bytes += g_array_index(chosen, ReportMessage, i).text.len;
    assert_true(bytes < 5 << 20);
    assert_true(has_frame(chosen, 500));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_the_report_names_is_chosen),
        cmocka_unit_test(they_come_in_the_order_of_the_frames_and_once_each),
        cmocka_unit_test(what_was_not_kept_is_counted),
        cmocka_unit_test(the_newest_push_out_the_oldest_but_not_what_is_cited),
        cmocka_unit_test(several_messages_of_one_frame_are_all_there),
        cmocka_unit_test(a_report_stays_small_enough_to_be_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
