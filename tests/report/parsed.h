#pragma once

/*
 * Looking into a JSON report with a parser that is not ours.
 */

#include <json-glib/json-glib.h>

#include "sample.h"

static inline JsonObject *parse_json(JsonParser *parser, const char *text)
{
    GError *error = NULL;

    if (!json_parser_load_from_data(parser, text, -1, &error))
        fail_msg("%s in:\n%s", error->message, text);
    return json_node_get_object(json_parser_get_root(parser));
}

static inline JsonObject *item_at(JsonObject *object, const char *list, unsigned index)
{
    JsonArray *array = json_object_get_array_member(object, list);

    assert_true(index < json_array_get_length(array));
    return json_array_get_object_element(array, index);
}

static inline unsigned length_of(JsonObject *object, const char *list)
{
    return json_array_get_length(json_object_get_array_member(object, list));
}

/* Every name of a blank-separated list is a member. */
static inline void assert_members(JsonObject *object, const char *names)
{
    g_auto(GStrv) all = g_strsplit(names, " ", -1);

    for (unsigned i = 0; all[i] != NULL; i++) {
        if (!json_object_has_member(object, all[i]))
            fail_msg("no member \"%s\"", all[i]);
    }
}

#define assert_member(object, name, expected) \
    assert_string_equal(json_object_get_string_member((object), (name)), (expected))
#define assert_number(object, name, expected) \
    assert_int_equal(json_object_get_int_member((object), (name)), (expected))
#define assert_null_member(object, name) assert_true(json_object_get_null_member((object), (name)))
