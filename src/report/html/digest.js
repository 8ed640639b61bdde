/*
 * Refused credentials, ingredient by ingredient.
 */

const CHALLENGE_USES = {
    preceding: 'answering the challenge before them',
    earlier: 'answering an earlier challenge',
    other_server: 'answering the challenge of another server',
    unseen: 'whose challenge is not in the capture',
};

const ROW_VERDICTS = {
    same: ['same', 'good'],
    differs: ['differs', 'bad'],
    not_offered: ['was not offered', 'bad'],
    missing: ['missing', 'bad'],
    fits_only_with: ['fits only with another value', 'bad'],
};

function digestCell(value) {
    return value === undefined
        ? el('td', { class: 'quiet' }, '\u2013')
        : el('td', null, wire(value, 'code'));
}

function digestRow(row) {
    const [text, kind] = ROW_VERDICTS[row.verdict] || ['', 'none'];
    return [
        el('th', { scope: 'row' }, row.ingredient),
        digestCell(row.challenge),
        digestCell(row.answer),
        digestCell(row.known),
        el(
            'td',
            { class: 'verdict-' + kind },
            text,
            row.fits === undefined ? null : [': ', wire(row.fits, 'code')],
        ),
    ];
}

function digestTable(step) {
    const digest = step.digest;
    const about = [digest.hypothesis, digest.second_hypothesis]
        .filter(Boolean)
        .map((found) => found.text)
        .join('; ');
    return el(
        'div',
        { class: 'digest' },
        el(
            'h4',
            null,
            'The credentials of ' +
                frameText(step.request) +
                ', ' +
                (CHALLENGE_USES[digest.challenge_use] || ''),
        ),
        about && el('p', null, capitalized(about) + '.'),
        tableOf(
            'Ingredients of the digest',
            ['Ingredient', 'In the challenge', 'In the answer', 'As we know it', 'Verdict'],
            digest.table.map(digestRow),
            'digest-table',
        ),
    );
}

/* At most one step of an attempt has a table: the one it was refused at. */
function digestOf(attempt) {
    const step = (attempt.steps || []).find((one) => one.digest && one.digest.table && one.request);
    return step ? digestTable(step) : null;
}
