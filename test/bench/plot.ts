/** One bar of a plot. */
export interface Bar {
	label: string;
	value: number;
}

const WIDTH = 640;
const LEFT = 190;
const ROW = 26;

/** A plot of horizontal bars as an SVG that reads on light and dark pages alike. */
export function bars(title: string, rows: Bar[]): string {
	const most = Math.max(...rows.map(({ value }) => value));
	const height = 50 + rows.length * ROW;
	const drawn = rows.map(({ label, value }, index) => {
		const y = 40 + index * ROW;
		const length = (value / most) * (WIDTH - LEFT - 80);
		const colour = /ideal|HTTP Request/.test(label) ? '#9ca3af' : '#2563eb';
		return [
			`<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${label}</text>`,
			`<rect x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="${ROW - 8}" rx="3" fill="${colour}"/>`,
			`<text x="${(LEFT + length + 6).toFixed(1)}" y="${y + 14}">${Math.round(value).toLocaleString('en')}</text>`,
		].join('');
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="12" y="22" font-size="14" font-weight="bold">${title}</text>
${drawn.join('\n')}
</svg>
`;
}
