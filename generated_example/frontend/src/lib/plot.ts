// Lines for thousands of values: never more points than the picture has pixels to show.

export interface Sample {
	readonly name: string;
	readonly value: number;
}

export interface Line {
	readonly name: string;
	/** An SVG path. */
	readonly path: string;
	/** Where it ends, in pixels. */
	readonly end: readonly [x: number, y: number];
}

export interface Plot {
	/** The value at the upper edge; the lower one is zero. */
	readonly ceiling: number;
	readonly lines: Line[];
}

export interface Size {
	readonly width: number;
	readonly height: number;
	/** How many samples fill the width. */
	readonly expected: number;
}

/** What falls on one column of pixels. */
interface Column {
	readonly x: number;
	low: number;
	high: number;
	last: number;
}

/** A line a name, in the order in which the names came. */
export function plot(samples: readonly Sample[], { width, height, expected }: Size): Plot {
	const series = new Map<string, Column[]>();
	let highest = 0;
	samples.forEach(({ name, value }, index) => {
		highest = Math.max(highest, value);
		let columns = series.get(name);
		if (!columns) series.set(name, (columns = []));
		addTo(columns, Math.round((index / Math.max(expected - 1, 1)) * width), value);
	});
	const ceiling = roundUp(highest);
	const y = (value: number) => Math.round((1 - value / ceiling) * height * 10) / 10;
	return {
		ceiling,
		lines: Array.from(series, ([name, columns]) => ({
			name,
			path: `M${columns.map(({ x, low, high }) => `${x} ${y(low)} ${x} ${y(high)}`).join(' ')}`,
			end: [columns.at(-1)!.x, y(columns.at(-1)!.last)]
		}))
	};
}

function addTo(columns: Column[], x: number, value: number): void {
	const column = columns.at(-1);
	if (column?.x !== x) {
		columns.push({ x, low: value, high: value, last: value });
		return;
	}
	column.low = Math.min(column.low, value);
	column.high = Math.max(column.high, value);
	column.last = value;
}

/** The next of 1, 2, 4, 6, 8 and 10 times a power of ten, so that quarters are read easily. */
function roundUp(value: number): number {
	if (value <= 0) return 1;
	const power = 10 ** Math.floor(Math.log10(value));
	return power * ([1, 2, 4, 6, 8].find((step) => step * power >= value) ?? 10);
}
