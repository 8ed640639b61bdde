/*
 * The copies that a redacted report is made of.
 */

#include "report/redact_copy.h"

#include "sample.h"

typedef struct Copies {
    ReportRedactor *redactor;
    RedactCopier *copier;
} Copies;

static Copies copies_new(const Sample *s)
{
    ReportRedactor *redactor = report_redactor_new();

    return (Copies){ redactor, redact_copier_new(redactor, s->infos) };
}

static void copies_free(Copies *copies)
{
    redact_copier_free(copies->copier);
    report_redactor_free(copies->redactor);
}

static void a_device_keeps_its_story(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Copies copies = copies_new(s);
    const RegDevice *bob = redact_device(copies.copier, &s->devices[1]);
    char text[NET_ENDPOINT_TEXT];

    assert_string_equal(bob->aor, "user1@host1.example");
    assert_string_equal(bob->user_agent, "ExamplePhone 7.1");
    assert_string_equal(net_endpoint_to_text(&bob->addresses[0], text), "10.0.0.1:5060");
    assert_string_equal(net_endpoint_to_text(&bob->public_addresses[0], text), "192.0.2.1:18680");
    assert_string_equal(net_endpoint_to_text(&bob->server, text), "192.0.2.2:5060");
    assert_string_equal(bob->bindings[0].contact, "sip:user1@10.0.0.1:5060");
    assert_int_equal(bob->bindings[0].since, s->binding.since);
    assert_string_equal(bob->attempts[0]->call_id, "call1");
    assert_int_equal(bob->attempts[0]->steps[1].status, 200);
    assert_string_equal(s->devices[1].aor, "bob@example.com");
    copies_free(&copies);
}

static void digests_lose_everything_that_can_be_tried(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Copies copies = copies_new(s);

    sample_detail(s);

    const RegDevice *alice = redact_device(copies.copier, &s->devices[0]);
    const RegDigestFacts *digest = alice->attempts[0]->steps[1].digest;
    const RegDigestRow *rows = digest->detail->rows;

    assert_string_equal(digest->username, "user1");
    assert_string_equal(digest->uri, "sip:host1.example");
    assert_string_equal(digest->algorithm, "MD5");
    assert_string_equal(digest->nc, "00000001");
    assert_string_equal(digest->detail->used, "realm1");
    assert_str_equal(rows[1].answer, "host1.example");
    assert_str_equal(rows[1].fits, "realm1");
    assert_str_equal(rows[4].challenge, "nonce1");
    assert_str_equal(rows[4].answer, "nonce1");
    assert_str_equal(rows[9].answer, "response1");
    copies_free(&copies);
}

static void a_finding_speaks_of_the_same_people(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Copies copies = copies_new(s);
    const RegDevice *alice = redact_device(copies.copier, &s->devices[0]);
    const Finding *finding = redact_finding(copies.copier, g_ptr_array_index(s->findings, 1));

    assert_string_equal(finding->aor, alice->aor);
    assert_string_equal(finding->summary,
                        "The registrar answered credentials of user1@host1.example with 403 "
                        "Forbidden");
    assert_int_equal(finding->facts->len, 1);
    assert_string_equal(g_array_index(finding->facts, FindingFact, 0).seen, "401 Unauthorized");
    assert_int_equal(finding->grade, FINDING_STRONG);
    assert_string_equal(finding->settle, "the password of the account (--credentials)");
    assert_int_equal(finding->rejected->len, 1);
    copies_free(&copies);
}

static void captures_lose_name_path_and_comments(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(GPtrArray) comments = g_ptr_array_new();
    Copies copies = copies_new(s);

    g_ptr_array_add(comments, (gpointer) "taken at ACME by Alice");
    s->info.comments = comments;

    const ReportResult *result = redact_result(copies.copier, &s->result);
    const RegCaptureSite *site = g_ptr_array_index(result->captures, 0);

    assert_string_equal(site->info->name, "capture1.pcap");
    assert_string_equal(site->info->path, "capture1.pcap");
    assert_string_equal(g_ptr_array_index(site->info->comments, 0), "comment1");
    assert_int_equal(site->info->packets, 1234);
    assert_int_equal(result->devices->len, SAMPLE_DEVICES);
    assert_int_equal(result->findings->len, 3);
    copies_free(&copies);
}

static void clearing_keeps_the_tokens(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Copies copies = copies_new(s);

    assert_string_equal(redact_device(copies.copier, &s->devices[1])->aor, "user1@host1.example");
    redact_copier_clear(copies.copier);
    assert_string_equal(redact_device(copies.copier, &s->devices[0])->aor, "user3@host1.example");
    assert_string_equal(redact_device(copies.copier, &s->devices[1])->aor, "user1@host1.example");
    copies_free(&copies);
}

static void what_was_asked_for_is_most_of_a_name(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(GPtrArray) devices = g_ptr_array_new();
    ReportPart part = { .devices = devices, .since = START, .until = NSEC_MAX };
    Copies copies = copies_new(s);

    g_ptr_array_add(devices, (gpointer) "alice*");
    s->result.part = &part;

    const ReportResult *result = redact_result(copies.copier, &s->result);

    assert_int_equal(result->part->devices->len, 1);
    assert_string_equal(g_ptr_array_index(result->part->devices, 0), "value1");
    assert_int_equal(result->part->since, START);
    s->result.part = NULL;
    assert_null(redact_result(copies.copier, &s->result)->part);
    copies_free(&copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_keeps_its_story),
        cmocka_unit_test(digests_lose_everything_that_can_be_tried),
        cmocka_unit_test(a_finding_speaks_of_the_same_people),
        cmocka_unit_test(captures_lose_name_path_and_comments),
        cmocka_unit_test(clearing_keeps_the_tokens),
        cmocka_unit_test(what_was_asked_for_is_most_of_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
