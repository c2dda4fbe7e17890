"""Computes tests/golden/find-answers.json: which events each query of the search language matches, from the dumps of the
reference reader alone. Knows nothing of the parser: each query stands beside a predicate that was written by hand.

Run: python3 tests/golden/find-answers.py (after a change here; tests/golden/find.test.ts compares)."""

import gzip
import hashlib
import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDENS = os.path.join(HERE, '../fixtures/goldens')
TO = {'running': 'Running', 'runnable': 'Runnable', 'waiting': 'Waiting', 'syscall': 'Syscall'}


class Trace:
    def __init__(self, name):
        with gzip.open(os.path.join(GOLDENS, name + '.events.jsonl.gz'), 'rt', encoding='utf-8') as f:
            self.events = [json.loads(line) for line in f]
        self.functions, self.tasks = {}, {}
        for e in self.events:
            own = e.get('tstack')
            if goroutine(e) is not None and e['k'] == 'StateTransition' and own:
                if e['from'] == 'NotExist' or not self.functions.get(e['id']):
                    self.functions[e['id']] = own[-1].rsplit('@', 1)[0]
            if e['k'] in ('TaskBegin', 'TaskEnd') and e['name']:
                self.tasks[e['task']] = e['name']

    def fns(self, e):
        return [f for f in (self.functions.get(g) for g in goroutines(e)) if f]

    def task(self, e):
        return self.tasks.get(e['task'], '') if 'task' in e else ''

    def names(self, e):
        """What a bare text is looked for in."""
        own = [e[key] for key in ('reason', 'name', 'cat', 'msg') if e.get(key)]
        return own + self.fns(e) + [self.task(e)]


def goroutine(e):
    """The goroutine that the event happens to."""
    return e['id'] if e.get('res') == 'Goroutine' else None


def goroutines(e):
    return [g for g in {e['g'], goroutine(e)} if g is not None and g >= 0]


def to(e):
    return e['to'] if e['k'] == 'StateTransition' and e['res'] == 'Goroutine' else None


def frames(e):
    return e.get('stack', []) + e.get('tstack', [])


def has(text, among):
    return any(text.lower() in t.lower() for t in among)


def rx(pattern, among):
    return any(re.search(pattern, t, re.I) for t in among if t)


def reason(e):
    return e.get('reason', '')


QUERIES = [
    # trace, query, what it means
    ('go1.26-tasks', 'kind:Log', lambda t, e: e['k'] == 'Log'),
    ('go1.26-tasks', 'kind:region', lambda t, e: e['k'] in ('RegionBegin', 'RegionEnd')),
    ('go1.26-tasks', 'kind=TaskEnd or kind=log', lambda t, e: e['k'] in ('TaskEnd', 'Log')),
    ('go1.26-tasks', 'task:1,3..5', lambda t, e: e.get('task') in (1, 3, 4, 5)),
    ('go1.26-tasks', 'task!=0 -kind:Log', lambda t, e: e.get('task', 0) != 0 and e['k'] != 'Log'),
    ('go1.26-tasks', 'parent>0', lambda t, e: e['k'] in ('TaskBegin', 'TaskEnd') and e['parent'] > 0),
    ('go1.26-tasks', 'region:Validate', lambda t, e: e['k'].startswith('Region') and 'validate' in e['name'].lower()),
    ('go1.26-tasks', 'cat:/./ kind:Log', lambda t, e: e['k'] == 'Log' and e['cat'] != ''),
    ('go1.26-tasks', 'log:/[0-9]+/', lambda t, e: e['k'] == 'Log' and rx('[0-9]+', [e['msg']])),
    ('go1.26-tasks', 't:1ms..2.5ms p=1', lambda t, e: 1_000_000 <= e['t'] <= 2_500_000 and e['p'] == 1),
    ('go1.26-tasks', 'fn=main.main', lambda t, e: 'main.main' in t.fns(e)),
    ('go1.26-tasks', 'pay or box', lambda t, e: has('pay', t.names(e)) or has('box', t.names(e))),
    ('go1.19-tasks', 'task:/^[a-m]/', lambda t, e: rx('^[a-m]', [t.task(e)])),
    ('go1.19-tasks', 'not (kind:StateTransition or kind=Sync)', lambda t, e: e['k'] not in ('StateTransition', 'Sync')),
    ('go1.22-locks', 'reason:"chan receive"', lambda t, e: 'chan receive' in reason(e)),
    ('go1.22-locks', 'reason=select,sync state:waiting', lambda t, e: reason(e) in ('select', 'sync') and to(e) == 'Waiting'),
    ('go1.22-locks', 'reason!=sync', lambda t, e: reason(e) not in ('', 'sync')),
    ('go1.22-locks', 'stack:Mutex state:waiting', lambda t, e: has('mutex', frames(e)) and to(e) == 'Waiting'),
    ('go1.22-locks', 'stack=sync.(*Mutex).Lock', lambda t, e: 'sync.(*Mutex).Lock' in [f.rsplit('@', 1)[0] for f in frames(e)]),
    ('go1.22-locks', 'g=1 or goroutine=1', lambda t, e: 1 in goroutines(e)),
    ('go1.22-locks', 'g:1 state:waiting', lambda t, e: e['g'] == 1 and to(e) == 'Waiting'),
    ('go1.26-gcheavy', 'kind:Range assist', lambda t, e: e['k'].startswith('Range') and has('assist', t.names(e))),
    ('go1.26-gcheavy', '"stop-the-world" kind=RangeBegin', lambda t, e: e['k'] == 'RangeBegin' and 'stop-the-world' in e['name']),
    ('go1.26-gcheavy', '/^gc (concurrent|incremental)/ -kind:active', lambda t, e: rx('^gc (concurrent|incremental)', t.names(e)) and e['k'] != 'RangeActive'),
    ('go1.26-gcheavy', 'kind:Metric t>=50ms and t<60ms', lambda t, e: e['k'] == 'Metric' and 50_000_000 <= e['t'] < 60_000_000),
    ('go1.26-gcheavy', 'kind:Label or dur>0', lambda t, e: e['k'] == 'Label'),
    ('go1.26-gcheavy', 'm!=0 p:0,2 state:runnable', lambda t, e: e['m'] > 0 and e['p'] in (0, 2) and to(e) == 'Runnable'),
    ('go1.27-netsys', 'reason:net,syscall', lambda t, e: has('net', [reason(e)]) or has('syscall', [reason(e)])),
    ('go1.27-netsys', 'fn:/http\\.\\(\\*conn\\)/ state!=running', lambda t, e: rx(r'http\.\(\*conn\)', t.fns(e)) and to(e) in ('Runnable', 'Waiting', 'Syscall')),
    ('go1.27-netsys', 'fn:net/http.(*conn).serve', lambda t, e: has('net/http.(*conn).serve', t.fns(e))),
    ('go1.26-cpuprofile', 'kind=StackSample -stack:hotHash', lambda t, e: e['k'] == 'StackSample' and not has('hothash', frames(e))),
    ('go1.11-locks', 'state:syscall or (reason:sleep g<30)', lambda t, e: to(e) == 'Syscall' or 'sleep' in reason(e) and 0 <= e['g'] < 30),
]


def main():
    traces, answers = {}, []
    for name, query, fits in QUERIES:
        if name not in traces:
            traces[name] = Trace(name)
        found = [e['i'] for e in traces[name].events if fits(traces[name], e)]
        text = ','.join(map(str, found))
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        answers.append({'trace': name, 'query': query, 'count': len(found), 'first': found[:3], 'sha256': digest})
    with open(os.path.join(HERE, 'find-answers.json'), 'w', encoding='utf-8') as f:
        f.write('[\n' + ',\n'.join('  ' + json.dumps(a) for a in answers) + '\n]\n')
    for a in answers:
        print(a['count'], a['trace'], a['query'])


main()
