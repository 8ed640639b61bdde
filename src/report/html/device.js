/*
 * One device: who it is, what is wrong, its life, and every attempt.
 */

function shareText(device) {
    const watched = device.watched_seconds;
    const reach = device.reachable_seconds || {};
    if (!watched) {
        return undefined;
    }
    const least = Math.floor((100 * (reach.at_least || 0)) / watched);
    const most = Math.ceil((100 * (reach.at_most || 0)) / watched);
    const reachable =
        (reach.at_least || 0) === 0 && reach.at_most === device.registered_seconds
            ? ''
            : ', reachable ' +
              (least === most
                  ? percentText(reach.at_most, watched)
                  : least + ' to ' + Math.min(100, most) + ' %');
    return (
        percentText(device.registered_seconds, watched) +
        ' registered' +
        reachable +
        ' of ' +
        secondsText(watched)
    );
}

function boundsText(bounds) {
    if (bounds.contradictory) {
        return 'not to be told, the observations contradict each other';
    }
    if (bounds.at_least === undefined && bounds.at_most === undefined) {
        return undefined;
    }
    if (bounds.at_least === undefined) {
        return 'at most ' + secondsText(bounds.at_most);
    }
    return bounds.at_most === undefined
        ? 'at least ' + secondsText(bounds.at_least)
        : secondsText(bounds.at_least) + ' to ' + secondsText(bounds.at_most);
}

function natText(nat) {
    if (!nat) {
        return undefined;
    }
    const fresh = boundsText(nat.fresh || {});
    const stream = boundsText(nat.stream || {});
    return (
        [fresh && fresh + ' after a single exchange', stream && stream + ' with packets both ways']
            .filter(Boolean)
            .join('; ') || undefined
    );
}

function inboundText(inbound) {
    return inbound && inbound.answered + inbound.unanswered > 0
        ? numberText(inbound.answered) + ' answered, ' + numberText(inbound.unanswered) + ' not'
        : undefined;
}

function listOfWire(list) {
    return list && list.length > 0
        ? list.map((text, i) => [i > 0 ? ', ' : '', wire(text, 'code')])
        : undefined;
}

function identityPanel(device) {
    const traffic = device.traffic || {};
    return el(
        'section',
        { class: 'panel identity', 'aria-label': 'Who it is' },
        el(
            'div',
            { class: 'panel-head' },
            el('h1', null, wire(accountText(device))),
            stateBadge(device.state),
        ),
        factList([
            ['User-Agent', device.user_agent && wire(device.user_agent)],
            ['Address', listOfWire(device.addresses)],
            ['Outside its NAT', listOfWire(device.public_addresses)],
            ['Registrar', device.server && wire(device.server, 'code')],
            ['Transport', device.transport.toUpperCase()],
            ['Instance', device.instance && wire(device.instance, 'code')],
            ['Seen', timeText(device.first_seen) + ' to ' + timeText(device.last_seen) + ' UTC'],
            ['Registered', shareText(device)],
            ['NAT mapping lives', natText(device.nat)],
            [
                'Longest silence on its path',
                traffic.longest_silence_seconds && secondsText(traffic.longest_silence_seconds),
            ],
            ['Requests to it', inboundText(device.inbound)],
            ['Keep-alives', device.keepalives > 0 ? numberText(device.keepalives) : undefined],
            ['Restarts', device.restarts > 0 ? numberText(device.restarts) : undefined],
        ]),
    );
}

const PURPOSES = {
    register: 'Registers',
    refresh: 'Refreshes',
    remove: 'Removes its registration',
    query: 'Asks what is bound',
    below: 'Before any REGISTER',
};

function attemptTitle(attempt) {
    const steps = attempt.steps || [];
    const last = steps[steps.length - 1];
    if (attempt.below) {
        return [timeText(attempt.opened), PURPOSES.below, 'no REGISTER was sent'];
    }
    const end =
        attempt.outcome === 'refused' && last && last.status
            ? 'refused: ' + visibleLine(statusText(last))
            : attempt.outcome;
    return [timeText(attempt.opened), PURPOSES[attempt.purpose] || attempt.purpose, end];
}

function attemptIsBad(attempt) {
    return attempt.outcome !== 'accepted' && attempt.outcome !== 'unknown';
}

/* One attempt, closed or open; its ladder is drawn when it is opened. */
function attemptCard(device, attempt, choose) {
    const frame = el('div', { class: 'ladder-frame' });
    const panel = el('div', { class: 'message-place' });
    const [time, purpose, end] = attemptTitle(attempt);
    const body = el(
        'div',
        { class: 'attempt-body' },
        attempt.repeated > 1 &&
            el(
                'p',
                { class: 'quiet' },
                'The newest of ' +
                    countText(attempt.repeated, 'attempt') +
                    ' alike, since ' +
                    timeText(attempt.first_opened) +
                    '.',
            ),
        attempt.head_cut && el('p', { class: 'quiet' }, 'Its beginning is not in the capture.'),
        frame,
        panel,
        digestOf(attempt),
        attempt.call_id && el('p', { class: 'quiet' }, 'Call-ID ', wire(attempt.call_id, 'code')),
    );
    const node = el(
        'details',
        { class: 'attempt' + (attemptIsBad(attempt) ? ' attempt-bad' : '') },
        el(
            'summary',
            null,
            el('span', { class: 'attempt-time' }, time),
            el('span', null, purpose),
            el('span', { class: 'outcome outcome-' + attempt.outcome }, end),
            attempt.repeated > 1 &&
                el('span', { class: 'quiet' }, '\u00d7 ' + numberText(attempt.repeated)),
        ),
        body,
    );
    const look = { everything: false, chosen: undefined };
    const card = { node, attempt, panel, look };
    card.draw = () =>
        node.open &&
        drawLadder(frame, device, attempt, look, (row) => {
            if (row.kind === 'fold') {
                look.everything = true;
                card.draw();
            } else {
                choose(row.ref);
            }
        });
    node.addEventListener('toggle', card.draw);
    return card;
}

/* Which card shows a frame: as a step, or as evidence. */
function cardOfFrame(device, cards, ref) {
    const key = refKey(ref);
    const facts = device.findings
        .flatMap((finding) => finding.evidence)
        .filter((fact) => fact.frame && refKey(fact) === key);
    return (
        cards.find((card) => stepRefs(card.attempt).some((step) => refKey(step) === key)) ||
        cards.find((card) =>
            facts.some(
                (fact) =>
                    fact.time !== undefined && attemptOfEvidence(device, fact) === card.attempt,
            ),
        )
    );
}

function digestOfFrame(card, ref) {
    const step =
        card &&
        (card.attempt.steps || []).find(
            (one) => one.request && refKey(one.request) === refKey(ref),
        );
    return step && step.digest;
}

/* Shows the message of a frame under its ladder, or, when no ladder has it,
 * above the attempts. */
function showFrame(device, cards, elsewhere, ref, onClose) {
    clear(elsewhere);
    for (const card of cards) {
        clear(card.panel);
        card.look.chosen = ref && refKey(ref);
        card.draw();
    }
    if (!ref) {
        return null;
    }
    const card = cardOfFrame(device, cards, ref);
    const place = card ? card.panel : elsewhere;
    if (card) {
        card.node.open = true;
        card.draw();
        if (!card.node.querySelector('.ladder-row.chosen')) {
            /* it is folded away */
            card.look.everything = true;
            card.draw();
        }
    }
    const panel = messagePanel(ref, device.findings, digestOfFrame(card, ref), onClose);
    place.appendChild(panel);
    return (card && card.node.querySelector('.ladder-row.chosen')) || panel;
}

function timelineTable(device) {
    const rows = device.timeline.map((event) => {
        const refs = framesOfEvent(event);
        return [
            el('td', { class: 'nowrap' }, timeText(event.time)),
            el(
                'td',
                { class: 'nowrap' },
                refs.map((ref, i) => [
                    i > 0 ? ', ' : '',
                    el('a', { href: routeOfDevice(device, ref) }, frameText(ref)),
                ]),
            ),
            el('td', { class: event.missing ? 'missing' : null }, wire(event.text)),
        ];
    });
    return el(
        'details',
        { class: 'panel' },
        el('summary', null, el('h2', null, 'Timeline in words')),
        tableOf('Timeline', ['Time (UTC)', 'Frames', 'What happened'], rows, 'timeline'),
    );
}

function bindingsTable(device) {
    const bindings = device.bindings || [];
    return bindings.length === 0
        ? null
        : el(
              'details',
              { class: 'panel' },
              el('summary', null, el('h2', null, 'Bindings')),
              tableOf(
                  'Bindings',
                  ['From', 'Until', 'Contact', 'Source', 'Granted', 'End'],
                  bindings.map((binding) => [
                      timeText(binding.since),
                      timeText(binding.until),
                      wire(binding.contact || '', 'code'),
                      wire(binding.source || '', 'code'),
                      binding.granted === undefined ? '' : binding.granted + ' s',
                      binding.end,
                  ]),
                  'bindings',
              ),
          );
}

/* Open at once: what a finding is about, else the newest. */
function openSome(device, cards) {
    const cited = citedFrames(device);
    const about = cards.filter((card) =>
        stepRefs(card.attempt).some((ref) => cited.has(refKey(ref))),
    );
    const chosen = about.length > 0 ? about : cards.slice(-1);
    chosen.slice(0, 3).forEach((card) => {
        card.node.open = true;
    });
}

async function deviceView(id, params) {
    const device = deviceById.get(id);
    if (!device) {
        return missingView('There is no device ' + visibleLine(String(id)) + ' in this report.');
    }
    await loadDevice(device);
    const lane = swimLane(device);
    const elsewhere = el('div');
    const choose = (ref) => {
        const again = chosen && ref && refKey(ref) === refKey(chosen);
        chosen = again ? undefined : ref;
        replaceRoute(routeOfDevice(device, chosen));
        const shown = showFrame(device, cards, elsewhere, chosen, () => choose(undefined));
        if (shown && shown.focus) {
            shown.focus({ preventScroll: true });
        }
    };
    const cards = device.attempts.map((attempt) => attemptCard(device, attempt, choose));
    let chosen = parseRef(params.frame);
    const attempts = el(
        'section',
        { class: 'panel', 'aria-labelledby': 'attempts-title' },
        el('h2', { id: 'attempts-title' }, 'Attempts to register'),
        device.attempts_forgotten > 0 &&
            el(
                'p',
                { class: 'quiet' },
                countText(device.attempts_forgotten, 'earlier attempt is', 'earlier attempts are') +
                    ' not kept.',
            ),
        cards.length === 0 &&
            el('p', { class: 'quiet' }, 'It sent no REGISTER that this capture shows.'),
        el(
            'p',
            { class: 'quiet no-print' },
            'Choose an arrow to read its message. A dot marks what a finding rests on.',
        ),
        elsewhere,
        cards.map((card) => card.node),
    );
    openSome(device, cards);
    return {
        title: accountText(device),
        nodes: [
            breadcrumb(wire(accountText(device))),
            identityPanel(device),
            device.findings.map(findingCard),
            lane.node,
            attempts,
            bindingsTable(device),
            timelineTable(device),
        ],
        drawn: () => {
            lane.drawn();
            cards.forEach((card) => card.draw());
            const shown =
                chosen && showFrame(device, cards, elsewhere, chosen, () => choose(undefined));
            if (shown) {
                shown.scrollIntoView({ block: 'center' });
            }
        },
        resized: () => {
            lane.drawn();
            cards.forEach((card) => card.draw());
            if (chosen) {
                showFrame(device, cards, elsewhere, chosen, () => choose(undefined));
            }
        },
    };
}
