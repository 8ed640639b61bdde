/*
 * Puts a SIP message together (RFC 3261 section 7).
 */

#include "draft.h"

#include <string.h>

Draft *draft_new(char *start)
{
    Draft *draft = g_new0(Draft, 1);

    draft->start = start;
    draft->headers = g_ptr_array_new_with_free_func(g_free);
    return draft;
}

Draft *draft_copy(const Draft *draft)
{
    Draft *copy = draft_new(g_strdup(draft->start));

    for (unsigned i = 0; i < draft->headers->len; i++)
        draft_add(copy, "%s", (const char *)g_ptr_array_index(draft->headers, i));
    copy->body = g_strdup(draft->body);
    return copy;
}

void draft_free(Draft *draft)
{
    g_free(draft->start);
    g_ptr_array_unref(draft->headers);
    g_free(draft->body);
    g_free(draft);
}

void draft_add(Draft *draft, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(draft->headers, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static bool is_named(const char *header, const char *name, size_t len)
{
    return g_ascii_strncasecmp(header, name, len) == 0 && header[len] == ':';
}

void draft_set(Draft *draft, const char *header)
{
    size_t len = strcspn(header, ":");

    for (unsigned i = 0; i < draft->headers->len; i++) {
        char **known = (char **)&g_ptr_array_index(draft->headers, i);

        if (!is_named(*known, header, len))
            continue;
        g_free(*known);
        *known = g_strdup(header);
        return;
    }
    draft_add(draft, "%s", header);
}

void draft_insert(Draft *draft, const char *header)
{
    g_ptr_array_insert(draft->headers, 0, g_strdup(header));
}

void draft_drop(Draft *draft, const char *name)
{
    for (unsigned i = draft->headers->len; i > 0; i--) {
        if (is_named(g_ptr_array_index(draft->headers, i - 1), name, strlen(name)))
            g_ptr_array_remove_index(draft->headers, i - 1);
    }
}

void draft_drop_first(Draft *draft, const char *name)
{
    for (unsigned i = 0; i < draft->headers->len; i++) {
        if (!is_named(g_ptr_array_index(draft->headers, i), name, strlen(name)))
            continue;
        g_ptr_array_remove_index(draft->headers, i);
        return;
    }
}

const char *draft_get(const Draft *draft, const char *name, unsigned nth)
{
    size_t len = strlen(name);

    for (unsigned i = 0; i < draft->headers->len; i++) {
        const char *header = g_ptr_array_index(draft->headers, i);

        if (is_named(header, name, len) && nth-- == 0)
            return header + len + 1 + strspn(header + len + 1, " ");
    }
    return NULL;
}

GString *draft_write(const Draft *draft)
{
    GString *text = g_string_new(draft->start);

    g_string_append(text, "\r\n");
    for (unsigned i = 0; i < draft->headers->len; i++)
        g_string_append_printf(text, "%s\r\n", (char *)g_ptr_array_index(draft->headers, i));
    if (draft_get(draft, "Content-Length", 0) == NULL)
        g_string_append_printf(text, "Content-Length: %zu\r\n",
                               draft->body != NULL ? strlen(draft->body) : 0);
    g_string_append_printf(text, "\r\n%s", draft->body != NULL ? draft->body : "");
    return text;
}
