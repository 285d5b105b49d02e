// Lines over the last five minutes, as SVG. Texts and lines keep their size whatever the width is.

const SVG = 'http://www.w3.org/2000/svg';
const SPAN = 300_000;
const LEFT = 54;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 24;
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

function node(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  if (text !== undefined) {
    element.textContent = text;
  }
  return element;
}

/** The least of 1, 2, 2.5, 5 times a power of ten that reaches to max in four steps or fewer. */
function step(max) {
  const power = 10 ** Math.floor(Math.log10(max / 4));
  return [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s * 4 >= max * 0.999);
}

export class Chart {
  /**
   * @param element holds the chart
   * @param title names it to screen readers
   * @param lines of {name, css, index}: index into a sample [time, …]
   * @param format makes a figure readable, with its unit
   * @param axis likewise, shorter
   * @param least the smallest top of the axis
   */
  constructor(element, { title, lines, format, axis, least, area }) {
    Object.assign(this, { element, title, lines, format, axis, least, area });
    this.samples = [];
    this.pointer = null;
    this.svg = node('svg', { role: 'img', 'aria-label': title });
    this.tip = document.createElement('div');
    this.tip.className = 'tip';
    this.tip.hidden = true;
    element.replaceChildren(this.svg, this.tip);
    new ResizeObserver(() => this.draw()).observe(element);
    element.addEventListener('pointermove', (event) => {
      this.pointer = event.clientX - element.getBoundingClientRect().left;
      this.draw();
    });
    element.addEventListener('pointerleave', () => {
      this.pointer = null;
      this.draw();
    });
  }

  show(samples) {
    this.samples = samples;
    this.draw();
  }

  draw() {
    const width = this.element.clientWidth;
    const height = this.element.clientHeight;
    if (width < 80) {
      return;
    }
    const end = this.samples.length ? this.samples.at(-1)[0] : Date.now();
    const shown = this.samples.filter((sample) => sample[0] > end - SPAN);
    const figures = shown.flatMap((sample) => this.lines.map((line) => sample[line.index])).filter((f) => f !== null);
    const max = Math.max(this.least, ...figures);
    const gap = step(max);
    const top = Math.ceil((max * 0.999) / gap) * gap;
    const x = (time) => LEFT + (width - LEFT - RIGHT) * (1 - (end - time) / SPAN);
    const y = (figure) => TOP + (height - TOP - BOTTOM) * (1 - figure / top);
    const nodes = [];
    for (let figure = 0; figure <= top * 1.001; figure += gap) {
      const css = figure === 0 ? 'grid base' : 'grid';
      nodes.push(node('line', { class: css, x1: LEFT, x2: width - RIGHT, y1: y(figure), y2: y(figure) }));
      nodes.push(node('text', { x: LEFT - 8, y: y(figure) + 4, 'text-anchor': 'end' }, this.axis(figure)));
    }
    for (let minute = 0; minute <= 5; minute++) {
      const anchor = minute === 0 ? 'end' : 'middle';
      const at = x(end - minute * 60_000) + (minute === 0 ? RIGHT : 0);
      nodes.push(node('text', { x: at, y: height - 4, 'text-anchor': anchor }, minute === 0 ? 'now' : `−${minute} min`));
    }
    for (const line of this.lines) {
      if (this.area) {
        nodes.push(node('path', { class: 'area', d: this.path(shown, line, x, y, y(0)) }));
      }
      nodes.push(node('path', { class: line.css, d: this.path(shown, line, x, y) }));
    }
    this.point(shown, x, height, width, nodes);
    this.svg.replaceChildren(...nodes);
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.svg.setAttribute('aria-label', `${this.title}, the last five minutes: ${this.summary(shown)}`);
  }

  /** A line with gaps where there is no figure; an area down to the base where that is given. */
  path(samples, line, x, y, base) {
    let path = '';
    let run = [];
    const flush = () => {
      if (run.length) {
        const points = run.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`);
        if (base === undefined) {
          // A single figure is a dot: a line of no length with round caps.
          path += `M${points.join('L')}${run.length === 1 ? 'h0.01' : ''}`;
        } else {
          path += `M${run[0][0].toFixed(1)} ${base}L${points.join('L')}L${run.at(-1)[0].toFixed(1)} ${base}Z`;
        }
        run = [];
      }
    };
    for (const sample of samples) {
      if (sample[line.index] === null) {
        flush();
      } else {
        run.push([x(sample[0]), y(sample[line.index])]);
      }
    }
    flush();
    return path;
  }

  /** What stands at the pointer. */
  point(samples, x, height, width, nodes) {
    if (this.pointer === null || !samples.length) {
      this.tip.hidden = true;
      return;
    }
    const distance = (sample) => Math.abs(x(sample[0]) - this.pointer);
    const nearest = samples.reduce((best, sample) => (distance(sample) < distance(best) ? sample : best));
    const at = x(nearest[0]);
    nodes.push(node('line', { class: 'cursor', x1: at, x2: at, y1: TOP, y2: height - BOTTOM }));
    const figures = this.lines.map((line) => {
      const figure = nearest[line.index];
      return `${line.name} ${figure === null ? '–' : this.format(figure)}`.trim();
    });
    this.tip.textContent = [clock.format(nearest[0]), ...figures].join(' · ');
    this.tip.hidden = false;
    const left = Math.min(Math.max(0, at - this.tip.offsetWidth / 2), width - this.tip.offsetWidth);
    this.tip.style.left = `${left}px`;
  }

  summary(samples) {
    return this.lines.map((line) => {
      const figures = samples.map((sample) => sample[line.index]).filter((figure) => figure !== null);
      return figures.length
        ? `${line.name} at most ${this.format(Math.max(...figures))}, last ${this.format(figures.at(-1))}`.trim()
        : `${line.name} nothing yet`.trim();
    }).join('; ');
  }
}
