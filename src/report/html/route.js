/*
 * Every view has a link: what is shown is what the fragment says.
 *
 *   #/                                    the first screen
 *   #/?q=alice&state=refused&finding=ID&from=SECONDS&until=SECONDS
 *   #/device/d1                           one device
 *   #/device/d1?frame=0:12                and the message of a frame, as CAPTURE:FRAME
 *   #/finding/3                           one finding
 */

function parseRoute(fragment) {
    const [path, query] = fragment.replace(/^#\/?/, '').split('?');
    const parts = path
        .split('/')
        .filter((part) => part !== '')
        .map(decodePart);
    const params = {};
    for (const pair of (query || '').split('&')) {
        const at = pair.indexOf('=');
        if (at > 0) {
            params[pair.slice(0, at)] = decodePart(pair.slice(at + 1));
        }
    }
    return { view: parts[0] || '', name: parts[1], params };
}

/* A fragment that somebody typed may be anything. */
function decodePart(part) {
    try {
        return decodeURIComponent(part.replace(/\+/g, ' '));
    } catch (error) {
        return part;
    }
}

function routeTo(path, params) {
    const query = Object.entries(params || {})
        .filter(([, value]) => value !== undefined && value !== '')
        .map(
            ([name, value]) =>
                name + '=' + encodeURIComponent(value).replace(/%20/g, '+').replace(/%3A/g, ':'),
        )
        .join('&');
    return '#/' + path + (query ? '?' + query : '');
}

/* The filter of the first screen; times in microseconds. */
function filterOf(params) {
    const filter = {
        q: params.q || '',
        state: params.state,
        finding: params.finding,
        severity: params.severity,
    };
    const from = Number(params.from) * 1e6;
    const until = Number(params.until) * 1e6;
    if (params.from !== undefined && from <= until) {
        filter.from = from;
        filter.until = until;
    }
    return filter;
}

function routeOfFilter(filter) {
    const timed = filter.from !== undefined;
    return routeTo('', {
        q: filter.q,
        state: filter.state,
        finding: filter.finding,
        severity: filter.severity,
        from: timed ? (filter.from / 1e6).toFixed(3) : undefined,
        until: timed ? (filter.until / 1e6).toFixed(3) : undefined,
    });
}

function routeOfDevice(device, ref) {
    return routeTo('device/' + device.id, { frame: ref ? refKey(ref) : undefined });
}

/* Where a piece of evidence is looked at: at its device, or with its finding. */
function routeOfEvidence(finding, fact) {
    const params = { frame: fact.frame ? refKey(fact) : undefined };
    return deviceById.has(finding.device)
        ? routeTo('device/' + finding.device, params)
        : routeTo('finding/' + finding.number, params);
}

/* Another fragment without another entry in the history. */
function replaceRoute(fragment) {
    history.replaceState(null, '', fragment);
}
