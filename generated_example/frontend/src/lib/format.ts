const UNITS = ['B', 'kB', 'MB', 'GB'];

/** The size of a file as people read it. The same everywhere: no locale has a say. */
export function size(bytes: number): string {
	const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
	return `${(bytes / 1000 ** power).toFixed(power && 1)} ${UNITS[power]}`;
}
