/*
 * The devices, as many as there are: only the rows that can be seen exist.
 */

const ROW_HEIGHT = 44;
const ROWS_BEYOND = 8;
const ROWS_PRINTED = 500;

function findingsText(device) {
    const told = device.findings.filter((finding) => finding.severity !== 'note');
    const list = told.length > 0 ? told : device.findings;
    return list.length === 0
        ? ''
        : list[0].title + (list.length > 1 ? ' and ' + (list.length - 1) + ' more' : '');
}

function deviceRow(device, index) {
    return el(
        'a',
        {
            class: 'row' + (device.severity ? ' row-' + device.severity : ''),
            href: routeOfDevice(device),
            role: 'row',
            'aria-rowindex': index + 2,
            'data-index': index,
        },
        el('span', { class: 'cell cell-aor', role: 'cell' }, wire(accountText(device))),
        el('span', { class: 'cell cell-state', role: 'cell' }, stateBadge(device.state)),
        el('span', { class: 'cell cell-finding', role: 'cell' }, findingsText(device)),
        el(
            'span',
            { class: 'cell cell-address', role: 'cell' },
            wire(device.address || '', 'code'),
        ),
        el(
            'span',
            { class: 'cell cell-agent', role: 'cell' },
            device.user_agent ? wire(device.user_agent) : '',
        ),
        el(
            'span',
            { class: 'cell cell-time', role: 'cell' },
            device.last_register === undefined ? '' : timeText(device.last_register, 0),
        ),
    );
}

/* A window over the rows. */
function makeRows(shown) {
    const space = el('div', { class: 'rows-space' });
    const frame = el('div', { class: 'rows', role: 'rowgroup' }, space);
    const drawRange = (first, last) => {
        const focused = document.activeElement && document.activeElement.dataset.index;
        clear(space);
        for (let i = first; i < last; i++) {
            const row = deviceRow(shown[i], i);
            row.style.top = i * ROW_HEIGHT + 'px';
            space.appendChild(row);
            if (String(i) === focused) {
                row.focus({ preventScroll: true });
            }
        }
    };
    const draw = () => {
        const first = Math.max(0, Math.floor(frame.scrollTop / ROW_HEIGHT) - ROWS_BEYOND);
        const seen = Math.ceil((frame.clientHeight || 600) / ROW_HEIGHT) + 2 * ROWS_BEYOND;
        drawRange(first, Math.min(shown.length, first + seen));
    };
    const focusRow = (index) => {
        const at = Math.max(0, Math.min(shown.length - 1, index));
        const top = at * ROW_HEIGHT;
        if (top < frame.scrollTop) {
            frame.scrollTop = top;
        } else if (top + ROW_HEIGHT > frame.scrollTop + frame.clientHeight) {
            frame.scrollTop = top + ROW_HEIGHT - frame.clientHeight;
        }
        draw();
        const row = space.querySelector('[data-index="' + at + '"]');
        if (row) {
            row.focus({ preventScroll: true });
        }
    };
    space.style.height = shown.length * ROW_HEIGHT + 'px';
    frame.addEventListener('scroll', draw, { passive: true });
    frame.addEventListener('keydown', (event) => moveByKey(event, shown.length, frame, focusRow));
    return {
        frame,
        draw,
        focusRow,
        drawAll: () => drawRange(0, Math.min(shown.length, ROWS_PRINTED)),
    };
}

function moveByKey(event, n, frame, focusRow) {
    const index = Number(event.target.dataset.index);
    const page = Math.max(1, Math.floor(frame.clientHeight / ROW_HEIGHT) - 1);
    const places = {
        ArrowDown: index + 1,
        ArrowUp: index - 1,
        PageDown: index + page,
        PageUp: index - page,
        Home: 0,
        End: n - 1,
    };
    if (!Number.isNaN(index) && event.key in places) {
        event.preventDefault();
        focusRow(places[event.key]);
    }
}

function searchField(filter, onInput) {
    return el('input', {
        type: 'search',
        id: 'search',
        value: filter.q,
        autocomplete: 'off',
        spellcheck: 'false',
        placeholder: 'Account, address, User-Agent, state, finding',
        'aria-label': 'Search the devices',
        oninput: (event) => onInput(event.target.value),
    });
}

function selectField(label, options, value, onChange) {
    return el(
        'select',
        { 'aria-label': label, onchange: (event) => onChange(event.target.value || undefined) },
        options.map(([name, text]) =>
            el('option', { value: name, selected: (value || '') === name }, text),
        ),
    );
}

function filterFields(filter, change) {
    const states = groupBy(devices, (device) => device.state);
    const causes = groupBy(
        findings.filter((finding) => deviceById.has(finding.device)),
        (finding) => finding.id,
    );
    return [
        selectField(
            'State',
            [
                ['', 'any state'],
                ...STATES.filter((state) => states.has(state)).map((state) => [state, state]),
            ],
            filter.state,
            (state) => change({ state }),
        ),
        selectField(
            'Finding',
            [['', 'any finding'], ...[...causes].map(([id, list]) => [id, list[0].title])],
            filter.finding,
            (finding) => change({ finding }),
        ),
    ];
}

function listText(n) {
    return n === devices.length
        ? countText(n, 'device')
        : numberText(n) + ' of ' + countText(devices.length, 'device');
}

/* The search changes the list as it is typed, and leaves the rest of the page
 * alone: the field keeps its focus. */
function deviceList(filter) {
    const holder = el('div', { class: 'list', role: 'table', 'aria-label': 'Devices' });
    const count = el('p', { class: 'quiet', id: 'list-count' });
    const printed = el('p', { class: 'print-only' });
    let rows = null;
    const fill = () => {
        const shown = selectDevices(filter).sort((a, b) => a.place - b.place);
        rows = makeRows(shown);
        clear(holder);
        holder.setAttribute('aria-rowcount', shown.length + 1);
        append(holder, [
            el(
                'div',
                { class: 'row row-head', role: 'row', 'aria-rowindex': '1' },
                ['Account', 'State', 'Finding', 'Address', 'User-Agent', 'Last REGISTER'].map(
                    (text, i) =>
                        el(
                            'span',
                            {
                                class:
                                    'cell ' +
                                    [
                                        'cell-aor',
                                        'cell-state',
                                        'cell-finding',
                                        'cell-address',
                                        'cell-agent',
                                        'cell-time',
                                    ][i],
                                role: 'columnheader',
                            },
                            text,
                        ),
                ),
            ),
            rows.frame,
        ]);
        count.textContent = listText(shown.length);
        printed.textContent =
            shown.length > ROWS_PRINTED
                ? 'Of these, the first ' + ROWS_PRINTED + ' are printed.'
                : '';
        rows.draw();
    };
    const change = (what) => {
        location.hash = routeOfFilter(Object.assign({}, filter, what));
    };
    const search = searchField(filter, (q) => {
        filter.q = q;
        replaceRoute(routeOfFilter(filter));
        fill();
        announce(count.textContent);
    });
    search.addEventListener('keydown', (event) => {
        if (event.key === 'ArrowDown') {
            event.preventDefault();
            rows.focusRow(0);
        }
    });
    const filtered = filter.state || filter.finding || filter.severity || filter.from !== undefined;
    const node = el(
        'section',
        { class: 'panel', 'aria-labelledby': 'list-title' },
        el('h2', { id: 'list-title' }, 'Devices'),
        el(
            'div',
            { class: 'filters' },
            search,
            filterFields(filter, change),
            filtered && el('a', { class: 'tool', href: routeOfFilter({ q: filter.q }) }, 'Clear'),
        ),
        count,
        printed,
        holder,
    );
    fill();
    return {
        node: devices.length > 0 ? node : null,
        drawn: () => rows.draw(),
        showAll: () => rows.drawAll(),
        focusSearch: () => search.focus(),
    };
}
