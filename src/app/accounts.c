/*
 * A dialer wants one of two words, go or hold, and a third for whoever keeps the
 * watch running: cannot tell. What is not known is never go.
 *
 * An account with several devices is as well off as the best of them, because a
 * call to the account reaches that one. A device that was replaced last year
 * does not hold back the calls to its successor.
 */

#include "accounts.h"

static RegCondition condition_of(const char *name)
{
    for (unsigned i = 0; i < REG_CONDITIONS; i++) {
        if (g_str_equal(name, reg_condition_name(i)))
            return i;
    }
    return REG_CONDITION_UNKNOWN;
}

RegCondition account_device_condition(const AccountsQuestion *question, const StoreDevice *device)
{
    RegCondition condition = condition_of(device->condition);

    if (!question->watching || !device->current)
        return REG_CONDITION_UNKNOWN;
    if (question->stable == NSEC_NONE
        || (condition != REG_CONDITION_STABLE && condition != REG_CONDITION_SETTLING))
        return condition;
    return device->good != NSEC_NONE && nsec_since(device->good, question->now) >= question->stable
               ? REG_CONDITION_STABLE
               : REG_CONDITION_SETTLING;
}

/* The best first. That one device is lost says nothing of an account while another one is not
 * known. */
static unsigned rank_of(RegCondition condition)
{
    static const unsigned ranks[] = {
        [REG_CONDITION_STABLE] = 0,  [REG_CONDITION_SETTLING] = 1, [REG_CONDITION_DANGER] = 2,
        [REG_CONDITION_UNKNOWN] = 3, [REG_CONDITION_LOST] = 4,
    };

    return ranks[condition];
}

static void add_device(Account *account, const AccountsQuestion *question,
                       const StoreDevice *device)
{
    AccountDevice one = { device, account_device_condition(question, device) };

    if (account->devices->len == 0 || rank_of(one.condition) < rank_of(account->condition))
        account->condition = one.condition;
    g_array_append_val(account->devices, one);
}

static Account *add_account(GArray *accounts, const char *name)
{
    Account account = { name, REG_CONDITION_UNKNOWN,
                        g_array_new(FALSE, FALSE, sizeof(AccountDevice)) };

    g_array_append_val(accounts, account);
    return &g_array_index(accounts, Account, accounts->len - 1);
}

/* Devices come by account; those without one have nothing in common. */
GArray *accounts_new(const AccountsQuestion *question, const GArray *devices, const char *name)
{
    GArray *accounts = g_array_new(FALSE, FALSE, sizeof(Account));
    Account *account = NULL;

    for (unsigned i = 0; i < devices->len; i++) {
        const StoreDevice *device = &g_array_index(devices, StoreDevice, i);
        bool named = device->aor[0] != '\0';

        if (account == NULL || !named || !g_str_equal(account->name, device->aor))
            account = add_account(accounts, named || name == NULL ? device->aor : name);
        add_device(account, question, device);
    }
    if (devices->len == 0 && name != NULL)
        add_account(accounts, name);
    return accounts;
}

void accounts_free(GArray *accounts)
{
    for (unsigned i = 0; i < accounts->len; i++)
        g_array_unref(g_array_index(accounts, Account, i).devices);
    g_array_unref(accounts);
}

int accounts_status(const GArray *accounts)
{
    int status = accounts->len > 0 ? 0 : 2;

    for (unsigned i = 0; i < accounts->len; i++) {
        switch (g_array_index(accounts, Account, i).condition) {
        case REG_CONDITION_STABLE:
            break;
        case REG_CONDITION_SETTLING:
        case REG_CONDITION_DANGER:
        case REG_CONDITION_LOST:
            return 1;
        case REG_CONDITION_UNKNOWN:
            status = 2;
            break;
        }
    }
    return status;
}
