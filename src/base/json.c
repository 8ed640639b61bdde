/*
 * A report of 50,000 devices has 20 million members, and a history writes a
 * thousand small objects in a second: to make a tree of each first, only to
 * print it, took longer than all of the analysis.
 */

#include "base/json.h"

#include <string.h>

#include "base/escape.h"

Json json_begin(GString *text)
{
    return (Json){ .text = text, .begin = text->len, .second = -1 };
}

/* Behind anything but the beginning of an object or a list comes a comma. */
static void begin_member(Json *json, const char *name)
{
    GString *text = json->text;
    char before = text->len > json->begin ? text->str[text->len - 1] : '{';

    if (before != '{' && before != '[')
        g_string_append_c(text, ',');
    if (name == NULL)
        return;
    g_string_append_c(text, '"');
    g_string_append(text, name);
    g_string_append(text, "\":");
}

void json_raw(Json *json, const char *name, const char *text)
{
    begin_member(json, name);
    g_string_append(json->text, text != NULL ? text : "null");
}

void json_open(Json *json, const char *name)
{
    json_raw(json, name, "{");
}

void json_close(Json *json)
{
    g_string_append_c(json->text, '}');
}

void json_open_list(Json *json, const char *name)
{
    json_raw(json, name, "[");
}

void json_close_list(Json *json)
{
    g_string_append_c(json->text, ']');
}

/* 'string' is UTF-8. */
static void append_string(GString *text, const char *string)
{
    g_string_append_c(text, '"');
    escape_json(text, string);
    g_string_append_c(text, '"');
}

/* JSON text is UTF-8, and the wire is not. */
void json_text(Json *json, const char *name, const char *text)
{
    if (text == NULL) {
        json_raw(json, name, NULL);
        return;
    }
    begin_member(json, name);
    if (g_utf8_validate(text, -1, NULL)) {
        append_string(json->text, text);
        return;
    }

    g_autoptr(GString) valid = g_string_new(NULL);

    escape_utf8(valid, str_of(text));
    append_string(json->text, valid->str);
}

/* Calendars are slow and most neighbours share their second: then only the
 * nine digits after the point are new. */
static const char *time_to_stamp(Json *json, Nsec time)
{
    Nsec second = time / NSEC_SEC;
    Nsec rest = time % NSEC_SEC;
    char *digits = json->stamp + strlen("2026-01-31T12:00:00.");

    if (time < 0 || second != json->second) {
        json->second = time < 0 ? -1 : second;
        return nsec_to_text(time, json->stamp);
    }
    for (int i = 8; i >= 0; i--, rest /= 10)
        digits[i] = (char)('0' + rest % 10);
    return json->stamp;
}

void json_time(Json *json, const char *name, Nsec time)
{
    json_text(json, name, time != NSEC_NONE ? time_to_stamp(json, time) : NULL);
}

void json_seconds(Json *json, const char *name, Nsec span)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    if (span != NSEC_NONE)
        g_ascii_formatd(digits, sizeof(digits), "%.3f", (double)span / 1e9);
    json_raw(json, name, span != NSEC_NONE ? digits : NULL);
}

void json_number(Json *json, const char *name, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_dtostr(digits, sizeof(digits), number);
    json_raw(json, name, digits);
    if (strpbrk(digits, ".e") == NULL)
        g_string_append(json->text, ".0");
}

/* printf() takes several times as long. */
void json_integer(Json *json, const char *name, int64_t number)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;

    begin_member(json, name);
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0)
        *--at = '-';
    g_string_append_len(json->text, at, digits + sizeof(digits) - at);
}

void json_count(Json *json, const char *name, uint64_t count)
{
    json_integer(json, name, (int64_t)MIN(count, (uint64_t)INT64_MAX));
}

void json_flag(Json *json, const char *name, bool flag)
{
    json_raw(json, name, flag ? "true" : "false");
}
