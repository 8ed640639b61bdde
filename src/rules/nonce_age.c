/*
 * How old a nonce was when it was used.
 */

#include "nonce_age.h"

#include "reg/nonce_time.h"

Nsec step_nonce_age(const RegStep *step)
{
    const SipMessage *request = reg_step_request(step);

    if (!step->nonce.issued || request == NULL)
        return NSEC_NONE;
    return MAX(request->meta.time - step->nonce.challenged, 0);
}

/* What the nonce says, told by the clock of the capture: the two may differ, and
 * the challenge shows by how much. */
static bool read_time(const RegStep *step, RegNonceTime *time, Nsec *expires)
{
    if (!reg_nonce_time(step->credentials.nonce, step->nonce.challenged, time)
        || time->expires == NSEC_NONE)
        return false;
    *expires = time->expires - time->issued;
    return true;
}

/* A second for the rounding of the server's times. */
bool step_nonce_has_expired(const RegStep *step)
{
    Nsec age = step_nonce_age(step);
    RegNonceTime time;
    Nsec life;

    return age != NSEC_NONE && read_time(step, &time, &life) && age > life + NSEC_SEC;
}

void finding_cite_nonce_age(Finding *finding, const RegStep *step, const char *expected)
{
    Nsec age = step_nonce_age(step);
    char span[NSEC_TEXT], lifetime[NSEC_TEXT];
    g_autoptr(GString) text = g_string_new(NULL);
    RegNonceTime time;
    Nsec life;

    if (age == NSEC_NONE)
        return;
    g_string_append(text, nsec_to_span(age, span));
    if (read_time(step, &time, &life))
        g_string_append_printf(text, "; %s made it for %s", time.maker,
                               nsec_to_span(life, lifetime));
    finding_cite(finding, "age of the nonce", step->nonce.challenge, step->nonce.challenged,
                 str_of(text->str), expected);
}
