/*
 * The first screen: the answer in a sentence, who is in which state, and the
 * causes.
 */

/* What was asked for, because the rest is in the capture all the same. */
function partLine() {
    const part = whole.part;
    if (!part) {
        return null;
    }
    const asked = [];
    if (part.devices) {
        asked.push('devices ' + part.devices.join(' or '));
    }
    if (part.findings) {
        asked.push('findings ' + part.findings.join(' or '));
    }
    if (part.since !== undefined) {
        asked.push('from ' + timeText(part.since, 3));
    }
    if (part.until !== undefined) {
        asked.push('until ' + timeText(part.until, 3));
    }
    return el(
        'p',
        null,
        'Only a part is shown: ',
        wire(asked.join(', ')),
        '; without ' + countText(part.devices_left_out, 'device', 'devices'),
        ' and ' + countText(part.findings_left_out, 'finding', 'findings') + '.',
    );
}

function headlineSection() {
    const severity = whole.headline.severity;
    const worst = findings[0];
    const link =
        severity !== 'note' &&
        worst &&
        el('p', null, el('a', { href: routeOfEvidence(worst, {}) }, 'Look at it'));
    return el(
        'section',
        { class: 'headline headline-' + severity, 'aria-label': 'In one sentence' },
        severity === 'note' ? null : severityBadge(severity),
        el('h1', null, wire(whole.headline.text)),
        partLine(),
        link,
    );
}

/* A filter that is set by a click and taken back by another. */
function filterLink(filter, name, value, attributes, ...children) {
    const active = filter[name] === value;
    const next = Object.assign({}, filter, { [name]: active ? undefined : value });
    return el(
        'a',
        Object.assign(
            { href: routeOfFilter(next), 'aria-current': active ? 'true' : null },
            attributes,
        ),
        children,
    );
}

function statesSection(filter) {
    const counts = groupBy(devices, (device) => device.state);
    const present = STATES.slice()
        .reverse()
        .filter((state) => counts.has(state));
    const summary = present
        .map((state) => numberText(counts.get(state).length) + ' ' + state)
        .join(', ');
    return el(
        'section',
        { class: 'panel', 'aria-labelledby': 'states-title' },
        el('h2', { id: 'states-title' }, 'Devices at the end of the capture'),
        devices.length === 0
            ? el('p', { class: 'quiet' }, 'No device tried to register in this capture.')
            : null,
        el(
            'div',
            { class: 'state-bar', role: 'img', 'aria-label': summary },
            present.map((state) =>
                dressWidth(el('i', { class: 'fill-' + state }), counts.get(state).length),
            ),
        ),
        el(
            'ul',
            { class: 'state-list' },
            present.map((state) =>
                el(
                    'li',
                    null,
                    filterLink(
                        filter,
                        'state',
                        state,
                        { class: 'state-link' },
                        el('span', { class: 'state-count' }, numberText(counts.get(state).length)),
                        stateBadge(state),
                    ),
                ),
            ),
        ),
    );
}

/* A share of a bar. The policy of the page allows no style attribute in
 * markup, but a script of its own may set one. */
function dressWidth(node, share) {
    node.style.flexGrow = share;
    return node;
}

function spreadText(list) {
    const n = new Set(list.map((finding) => finding.device).filter(Boolean)).size;
    const times = list.reduce((sum, finding) => sum + finding.count, 0);
    return { devices: n, times };
}

function gradesOf(list) {
    const grades = groupBy(list, (finding) => finding.grade);
    return ['proven', 'strong', 'weak']
        .filter((grade) => grades.has(grade))
        .map((grade) => (grades.size > 1 ? grades.get(grade).length + ' ' : '') + grade)
        .join(', ');
}

function causeRow(filter, id, list) {
    const spread = spreadText(list);
    const first = list[0];
    const target =
        spread.devices > 0
            ? filterLink(filter, 'finding', id, { class: 'cause' }, first.title)
            : el('a', { class: 'cause', href: routeTo('finding/' + first.number) }, first.title);
    return [
        severityBadge(first.severity),
        el('td', null, target, ' ', el('code', { class: 'quiet' }, id)),
        el('td', { class: 'number' }, spread.devices > 0 ? numberText(spread.devices) : '\u2013'),
        el('td', { class: 'number' }, numberText(spread.times)),
        gradesOf(list),
    ];
}

function causesSection(filter) {
    const causes = [...groupBy(findings, (finding) => finding.id)].map(([id, list]) => ({
        id,
        list,
    }));
    const places = (cause) => SEVERITIES.indexOf(cause.list[0].severity);
    causes.sort((a, b) => places(a) - places(b) || b.list.length - a.list.length);
    return el(
        'section',
        { class: 'panel', 'aria-labelledby': 'causes-title' },
        el('h2', { id: 'causes-title' }, 'Findings by cause'),
        causes.length === 0
            ? el('p', { class: 'quiet' }, 'Nothing was found.')
            : tableOf(
                  'Findings by cause',
                  ['Severity', 'Cause', 'Devices', 'Times', 'How sure'],
                  causes.map((cause) => causeRow(filter, cause.id, cause.list)),
                  'causes',
              ),
    );
}

/* What could not be looked at must never look like "nothing wrong". */
function notJudgedSection() {
    const reasons = groupBy(report.not_judged, (entry) => entry.because);
    if (reasons.size === 0) {
        return null;
    }
    return el(
        'section',
        { class: 'panel', 'aria-labelledby': 'not-judged-title' },
        el('h2', { id: 'not-judged-title' }, 'Not judged'),
        el(
            'p',
            { class: 'quiet' },
            'Rules that could not look, and why. Nothing follows from their silence.',
        ),
        el(
            'dl',
            { class: 'reasons' },
            [...reasons].map(([because, entries]) =>
                el(
                    'div',
                    null,
                    el('dt', null, capitalized(because)),
                    el(
                        'dd',
                        null,
                        entries.map((entry, i) => [
                            i > 0 ? ', ' : '',
                            el('code', null, entry.id),
                            entry.times > 1 ? ' (' + countText(entry.times, 'time') + ')' : '',
                        ]),
                    ),
                ),
            ),
        ),
    );
}

/* Findings about no device: captures, sources, networks. */
function generalSection() {
    const general = findings.filter((finding) => !deviceById.has(finding.device));
    if (general.length === 0) {
        return null;
    }
    return el(
        'section',
        { class: 'panel', 'aria-labelledby': 'general-title' },
        el('h2', { id: 'general-title' }, 'About the captures and their sources'),
        el(
            'ul',
            { class: 'finding-lines' },
            general
                .slice(0, 50)
                .map((finding) =>
                    el(
                        'li',
                        null,
                        severityBadge(finding.severity),
                        ' ',
                        el(
                            'a',
                            { href: routeTo('finding/' + finding.number) },
                            wire(finding.summary || finding.title),
                        ),
                    ),
                ),
        ),
        general.length > 50 &&
            el('p', { class: 'quiet' }, 'and ' + (general.length - 50) + ' more.'),
    );
}

function overviewView(params) {
    const filter = filterOf(params);
    const list = deviceList(filter);
    const plot = activitySection(filter);
    const top = el('div', { class: 'columns' }, statesSection(filter), causesSection(filter));
    return {
        title: 'whyreg report',
        nodes: [
            headlineSection(),
            captureSection(),
            top,
            plot.node,
            list.node,
            generalSection(),
            notJudgedSection(),
        ],
        drawn: () => {
            plot.drawn();
            list.drawn();
        },
        resized: () => {
            plot.drawn();
            list.drawn();
        },
        beforePrint: list.showAll,
        afterPrint: list.drawn,
        focusSearch: list.focusSearch,
    };
}
