// Shows what /api/events tells. Whatever comes from messages is set as text, never as markup.

import { Chart } from './chart.js';

const $ = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat('en');
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const KEPT = 300;
const AGAIN = 3000;

const STATES = {
  CREATED: ['Starting', 'wait'],
  REBALANCING: ['Rebalancing', 'wait'],
  RUNNING: ['Running', 'good'],
  PENDING_SHUTDOWN: ['Stopping', 'wait'],
  NOT_RUNNING: ['Stopped', 'bad'],
  PENDING_ERROR: ['Failing', 'bad'],
  ERROR: ['Failed', 'bad'],
};
const OUTCOMES = { swapped: 'good', promoted: 'good', refused: 'bad', dropped: 'bad', shadowed: '2' };

const rate = (figure) => (figure < 10 ? oneDigit : whole).format(figure < 10 ? figure : Math.round(figure));
function millis(figure) {
  if (figure >= 1000) {
    return `${twoDigits.format(figure / 1000)} s`;
  }
  return `${figure < 10 ? oneDigit.format(figure) : whole.format(Math.round(figure))} ms`;
}
const axis = (figure) => (Number.isInteger(figure) ? whole : new Intl.NumberFormat('en')).format(figure);
const axisMillis = (figure) => (figure >= 1000 ? `${axis(figure / 1000)} s` : `${axis(figure)}${figure ? ' ms' : ''}`);

const percent = (share) => `${oneDigit.format(100 * share)} %`;

/** Rounded down: only a certainty is 100 %. */
const score = (probability) => percent(Math.floor(probability * 1000 + 1e-9) / 1000);

let samples = [];
let status = null;
let tones = new Map();
let source = null;
let paused = false;
let again = null;
let refusal = '';

const throughput = new Chart($('throughput-chart'), {
  title: 'Throughput',
  lines: [{ name: '', css: 'rate', index: 1 }],
  format: (figure) => `${rate(figure)} messages/s`,
  axis,
  least: 4,
  area: true,
});
const latency = new Chart($('latency-chart'), {
  title: 'Latency',
  lines: [{ name: 'p50', css: 'p50', index: 2 }, { name: 'p99', css: 'p99', index: 3 }],
  format: millis,
  axis: axisMillis,
  least: 4,
});

function set(id, text) {
  const element = $(id);
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function element(name, css, ...children) {
  const made = document.createElement(name);
  if (css) {
    made.className = css;
  }
  made.append(...children);
  return made;
}

function cell(css, ...children) {
  const made = element('td', css, ...children);
  made.setAttribute('role', 'cell');
  return made;
}

function row(...cells) {
  const made = element('tr', '', ...cells);
  made.setAttribute('role', 'row');
  return made;
}

function chip(text, tone) {
  const made = element('span', 'chip', text);
  made.dataset.tone = tone;
  return made;
}

const tone = (label) => tones.get(label) ?? '3';

function time(instant) {
  const date = new Date(instant);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : day.format(date);
}

function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [d, h, m, s] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  if (d) {
    return `${d} d ${h} h`;
  }
  if (h) {
    return `${h} h ${m} min`;
  }
  return m ? `${m} min ${s} s` : `${s} s`;
}

function announce(text) {
  $('announcer').textContent = text;
}

function showState(name, kind) {
  if ($('state-name').textContent !== name) {
    if (status !== null) {
      announce(name);
    }
    $('state-name').textContent = name;
    $('state').dataset.tone = kind;
    document.title = `${name} · smsieve`;
  }
}

function showStatus(next) {
  const before = status;
  status = next;
  $('connecting').hidden = true;
  $('main').hidden = false;
  if (before !== null && before.model !== next.model) {
    announce(`The model is now ${next.model}`);
  }
  const [name, kind] = STATES[next.state] ?? [next.state, 'wait'];
  showState(next.state === 'RUNNING' && !next.ready ? 'Failing' : name, next.state === 'RUNNING' && !next.ready ? 'bad' : kind);
  tones = new Map(Object.keys(next.records).map((label, index) => [label, String(index % 4)]));
  const at = next.model.indexOf('@');
  set('model', next.model.slice(0, at));
  set('version', next.model.slice(at + 1));
  set('model-since', time(next.modelSince));
  set('shadow', next.shadow ?? 'none');
  set('partitions', whole.format(next.partitions));
  set('route', `${next.topics.input} → ${Object.values(next.topics.outputs).join(', ')}`);
  set('application', next.application);
  set('lag', whole.format(next.lag));
  set('in-flight', whole.format(next.inFlight));
  set('per-second', rate(next.now.perSecond));
  set('p50', next.now.p50Millis === null ? '–' : millis(next.now.p50Millis));
  set('p99', next.now.p99Millis === null ? '–' : millis(next.now.p99Millis));
  set('dead-topic', next.topics.deadLetter);
  set('launcher', next.launcher);
  $('try').hidden = !next.acceptsMessages;
  set('how', next.acceptsMessages ? 'Type one above, or send one with' : 'Send one with');
  $('latest').hidden = !next.showsMessages;
  if (next.showsMessages) {
    set('kcat', `kcat -P -b ${next.brokers} -t ${next.topics.input}`);
  }
  showLabels(next.records);
  showDead(next.deadLetters);
  if (JSON.stringify(before?.swaps) !== JSON.stringify(next.swaps)) {
    showSwaps(next.swaps);
  }
}

/** The rows stay and only their figures change, so that the bars move. */
function showLabels(records) {
  const total = Object.values(records).reduce((sum, count) => sum + count, 0);
  const body = $('labels');
  const names = Object.keys(records);
  if (body.dataset.labels !== names.join()) {
    body.dataset.labels = names.join();
    body.replaceChildren(...names.map((label) => {
      const bar = element('span', 'share', element('i'));
      bar.dataset.tone = tone(label);
      bar.setAttribute('aria-hidden', 'true');
      return element('tr', '', element('td', '', chip(label, tone(label)), bar), element('td', 'number'), element('td', 'number'));
    }));
  }
  names.forEach((label, index) => {
    const [name, count, share] = body.rows[index].cells;
    count.textContent = whole.format(records[label]);
    share.textContent = total ? percent(records[label] / total) : '–';
    name.querySelector('i').style.width = total ? `${(100 * records[label]) / total}%` : '0';
  });
}

function showDead(reasons) {
  const some = Object.entries(reasons).filter(([, count]) => count > 0);
  $('dead-table').hidden = some.length === 0;
  $('dead-empty').hidden = some.length > 0;
  const text = JSON.stringify(some);
  if ($('dead').dataset.shown !== text) {
    $('dead').dataset.shown = text;
    $('dead').replaceChildren(...some.map(([reason, count]) =>
      element('tr', '', element('td', '', reason), element('td', 'number', whole.format(count)))));
  }
}

function showSwaps(swaps) {
  $('swaps-table').hidden = swaps.length === 0;
  $('swaps-empty').hidden = swaps.length > 0;
  $('swaps').replaceChildren(...swaps.map((swap) => row(
    cell('', time(swap.time)),
    cell('', chip(swap.outcome, OUTCOMES[swap.outcome] ?? '3')),
    cell('', swap.model),
    cell('', swap.reason),
  )));
}

/** Rows that are there already stay as they are: a text can be selected while others come in. */
function showMessages(messages) {
  const body = $('messages');
  const there = new Map([...body.rows].map((shown) => [Number(shown.dataset.number), shown]));
  const first = there.size === 0;
  $('messages-table').hidden = messages.length === 0;
  $('messages-empty').hidden = messages.length > 0;
  const wanted = new Set(messages.map((message) => message.number));
  there.forEach((shown, number) => wanted.has(number) || shown.remove());
  for (const message of [...messages].reverse()) {
    if (!there.has(message.number)) {
      body.prepend(messageRow(message, !first));
    }
  }
}

function messageRow(message, fresh) {
  const text = cell('', message.text);
  if (message.cut || message.truncated) {
    text.append(element('span', 'note', message.cut ? ' … cut here' : ' (longer than the model reads)'));
  }
  if (message.deadLetter && !message.text) {
    text.append(element('span', 'note', 'not shown'));
  }
  if (message.text === '' && !message.deadLetter) {
    text.append(element('span', 'note', 'empty'));
  }
  const made = row(
    cell('', chip(message.label ?? message.deadLetter, message.label ? tone(message.label) : 'bad')),
    cell('number', message.score === undefined ? '–' : score(message.score)),
    text,
    cell('number', clock.format(message.time)),
  );
  made.dataset.number = message.number;
  if (fresh) {
    made.classList.add('fresh');
  }
  return made;
}

function showCharts() {
  throughput.show(samples);
  latency.show(samples);
  if (status !== null && samples.length) {
    set('uptime', duration(samples.at(-1)[0] - Date.parse(status.started)));
  }
}

function open() {
  clearTimeout(again);
  if (source !== null || paused || document.hidden) {
    return;
  }
  source = new EventSource('api/events');
  source.addEventListener('open', () => {
    refusal = '';
    document.body.classList.remove('stale');
  });
  source.addEventListener('history', (event) => {
    samples = JSON.parse(event.data);
    showCharts();
  });
  source.addEventListener('sample', (event) => {
    samples = [...samples, JSON.parse(event.data)].slice(-KEPT);
    showCharts();
  });
  source.addEventListener('status', (event) => showStatus(JSON.parse(event.data)));
  source.addEventListener('messages', (event) => showMessages(JSON.parse(event.data)));
  source.addEventListener('error', () => {
    document.body.classList.add('stale');
    showState(refusal ? 'Refused' : 'No connection', 'bad');
    if (source.readyState === EventSource.CLOSED) {
      // Refused, not lost: the browser does not try again by itself, nor does it tell why.
      close();
      ask();
      again = setTimeout(open, AGAIN);
    }
  });
}

/** Asks once why the events are refused, and shows the answer. */
async function ask() {
  if (refusal) {
    return;
  }
  const cancelled = new AbortController();
  try {
    const response = await fetch('api/events', { signal: cancelled.signal });
    if (!response.ok) {
      refusal = await response.text();
      set('connecting', refusal);
      $('connecting').hidden = false;
      showState('Refused', 'bad');
      announce(refusal);
    }
  } catch {
    // No answer: the state says so already.
  } finally {
    // Events, where it is no longer refused, would never end.
    cancelled.abort();
  }
}

function close() {
  clearTimeout(again);
  source?.close();
  source = null;
}

$('pause').addEventListener('click', () => {
  paused = !paused;
  set('pause', paused ? 'Resume' : 'Pause');
  if (paused) {
    close();
    showState('Paused', 'wait');
  } else {
    open();
  }
});

// A hidden page needs no news, and gets the past when it is shown again.
document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));

for (const example of document.querySelectorAll('[data-text]')) {
  example.addEventListener('click', () => {
    $('text').value = example.dataset.text;
    $('text').focus();
  });
}

function verdict(...children) {
  $('verdict').replaceChildren(...children);
}

async function classify(text) {
  const response = await fetch('api/messages', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(30_000),
  });
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json');
  const answer = isJson ? await response.json() : { error: await response.text() };
  const after = element('span', 'muted', `${whole.format(answer.millis ?? 0)} ms from sending to reading`);
  if (answer.label) {
    const by = element('span', 'muted', `by ${answer.model}, ${after.textContent}`);
    verdict(chip(answer.label, tone(answer.label)), element('span', 'score', score(Number(answer.score))), by);
  } else if (answer.deadLetter) {
    verdict(chip('dead letter', 'bad'), element('span', '', answer.deadLetter), after);
  } else {
    verdict(element('span', 'error', answer.error));
  }
}

$('try-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = $('send');
  if (button.ariaDisabled === 'true') {
    return;
  }
  // Not disabled for good: a disabled button would lose the focus.
  button.ariaDisabled = 'true';
  button.textContent = 'On its way';
  try {
    await classify($('text').value);
  } catch (error) {
    verdict(element('span', 'error', `The app does not answer (${error.message}). Is it still running?`));
  } finally {
    button.ariaDisabled = 'false';
    button.textContent = 'Classify';
    $('text').select();
  }
});

open();
