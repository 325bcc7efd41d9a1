/** A line of a panel. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [number, number])[];
  readonly dashed?: boolean;
}

/** One chart. */
export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly xMax: number;
  readonly yMax: number;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly lines: readonly Line[];
}

const [width, height, margin] = [460, 300, { left: 46, right: 14, top: 34, bottom: 64 }] as const;
const inner = {
  width: width - margin.left - margin.right,
  height: height - margin.top - margin.bottom,
};

const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${content}</text>`;

function drawPanel(panel: Panel, at: number): string {
  const x = (value: number) => margin.left + (value / panel.xMax) * inner.width;
  const y = (value: number) => margin.top + inner.height * (1 - value / panel.yMax);
  const ticks = [
    ...panel.xTicks.map((tick) => text(x(tick), y(0) + 16, String(tick), 'text-anchor="middle"')),
    ...panel.yTicks.flatMap((tick) => [
      `<path class="grid" d="M${margin.left} ${y(tick).toFixed(1)}h${inner.width}"/>`,
      text(margin.left - 6, y(tick) + 4, String(tick), 'text-anchor="end"'),
    ]),
  ];
  const lines = panel.lines.map(({ colour, points, dashed }) => {
    const path = points.map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join('L');
    return `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"${dashed ? ' stroke-dasharray="5 4"' : ''}/>`;
  });
  const legend = panel.lines
    .filter(({ name }) => name !== '')
    .map(({ name, colour }, index) => {
      const left = margin.left + index * 128;
      const line = `<path d="M${left} ${height - 12}h18" stroke="${colour}" stroke-width="2"/>`;
      return line + text(left + 22, height - 8, name);
    });
  const labels = [
    text(margin.left, 20, panel.title, 'class="title"'),
    text(margin.left + inner.width / 2, height - 30, panel.xLabel, 'text-anchor="middle"'),
  ];
  return `<g transform="translate(${at * width})">${[...ticks, ...lines, ...legend, ...labels].join('\n')}</g>`;
}

/** Charts beside each other as one SVG document. */
export const drawPanels = (panels: readonly Panel[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width * panels.length} ${height}" font-family="sans-serif" font-size="11">
<style>.title{font-size:13px;font-weight:bold}.grid{stroke:#ddd}</style>
<rect width="100%" height="100%" fill="#fff"/>
${panels.map(drawPanel).join('\n')}
</svg>
`;
