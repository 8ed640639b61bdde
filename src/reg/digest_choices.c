/*
 * The list of values to try, and the spellings that most of them are made by.
 *
 * A value that stands there already is not tried again: it would cost hashes,
 * and the first name that a value has is the plainest one.
 */

#include "digest_choices.h"

#include <glib.h>

void reg_choices_begin(RegDigestChoices *choices, RegDigestIngredient ingredient, Str known)
{
    choices->current = ingredient;
    choices->known = known;
    choices->of[ingredient] = (RegChoiceRange){ choices->n, choices->n };
}

void reg_choices_add_choice(RegDigestChoices *choices, const RegDigestChoice *choice)
{
    RegChoiceRange *range = &choices->of[choices->current];

    if (choices->n == REG_CHOICES_MAX || range->end - range->first == REG_CHOICES_EACH)
        return;
    choices->all[choices->n++] = *choice;
    range->end = choices->n;
}

void reg_choices_add(RegDigestChoices *choices, RegHypothesisId id, Str value)
{
    RegChoiceRange range = choices->of[choices->current];

    if (!str_present(value) || str_equal(value, choices->known))
        return;
    for (unsigned i = range.first; i < range.end; i++) {
        if (str_equal(value, choices->all[i].value))
            return;
    }
    reg_choices_add_choice(choices, &(RegDigestChoice){
                                        .hypothesis = reg_hypothesis_of(id),
                                        .value = value,
                                    });
}

Str reg_choices_unescape(RegScratch *scratch, Str text)
{
    if (text.len == 0 || memchr(text.data, '\\', text.len) == NULL)
        return STR_NONE;

    char *out = reg_scratch_take(scratch, text.len);
    size_t len = 0;

    if (out == NULL)
        return STR_NONE;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\\' && i + 1 < text.len)
            i++;
        out[len++] = text.data[i];
    }
    return (Str){ out, len };
}

static Str map(RegScratch *scratch, Str text, char (*change)(char c))
{
    char *out = reg_scratch_take(scratch, text.len);

    if (out == NULL)
        return STR_NONE;
    for (size_t i = 0; i < text.len; i++)
        out[i] = change(text.data[i]);
    return (Str){ out, text.len };
}

Str reg_choices_lower(RegScratch *scratch, Str text)
{
    return map(scratch, text, g_ascii_tolower);
}

Str reg_choices_upper(RegScratch *scratch, Str text)
{
    return map(scratch, text, g_ascii_toupper);
}

Str reg_choices_quote(RegScratch *scratch, Str text)
{
    return reg_scratch_join(scratch, (Str[]){ STR("\""), text, STR("\"") }, 3);
}

Str reg_choices_percent_decode(RegScratch *scratch, Str text)
{
    char *out = reg_scratch_take(scratch, text.len);
    size_t len = 0;

    if (out == NULL)
        return STR_NONE;
    for (size_t i = 0; i < text.len; i++) {
        bool room = text.data[i] == '%' && text.len - i > 2;
        int high = room ? g_ascii_xdigit_value(text.data[i + 1]) : -1;
        int low = room ? g_ascii_xdigit_value(text.data[i + 2]) : -1;
        bool escaped = high >= 0 && low >= 0;

        out[len++] = escaped ? (char)(high << 4 | low) : text.data[i];
        i += escaped ? 2 : 0;
    }
    return len < text.len ? (Str){ out, len } : STR_NONE;
}
