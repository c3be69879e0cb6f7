/** A page of the demo: what it shows, and what travels between Python and Svelte. */
export interface Page {
	readonly path: string;
	readonly title: string;
	readonly kind: string;
	readonly shows: string;
	readonly route: string;
	/** What the Python function answers with, and what its TypeScript twin returns. */
	readonly python: string;
	readonly typescript: string;
	/** How the answer comes over the wire, as an SVG path 128 units long. */
	readonly wire: string;
}

export const notifications: Page = {
	path: '/notifications',
	title: 'Notifications',
	kind: 'Server-sent events',
	shows: 'Named events arrive as they happen, and a connection that was lost misses none.',
	route: 'GET /api/notifications/stream',
	python: 'EventSourceResponse',
	typescript: 'EventStream',
	wire: 'M6 4h0M30 4h0M40 4h0M70 4h0M98 4h0M108 4h0'
};

export const files: Page = {
	path: '/files',
	title: 'Files',
	kind: 'Download',
	shows: 'A file comes from the disk in chunks: with its name, its progress and its bytes.',
	route: 'GET /api/files/{file_id}/download',
	python: 'StreamingResponse',
	typescript: 'Download',
	wire: 'M6 4h92M112 4h4'
};

export const analytics: Page = {
	path: '/analytics',
	title: 'Analytics',
	kind: 'JSON lines',
	shows: 'Five thousand records come as JSON lines and are drawn while they arrive.',
	route: 'GET /api/analytics/stream',
	python: 'StreamingResponse',
	typescript: 'RecordStream',
	wire: 'M4 4h4M20 4h4M36 4h4M52 4h4M68 4h4M84 4h4M100 4h4M116 4h4'
};

export const logs: Page = {
	path: '/logs',
	title: 'Logs',
	kind: 'Text',
	shows: 'The log of a job is read as plain text while the job still runs.',
	route: 'GET /api/logs/stream',
	python: 'StreamingResponse',
	typescript: 'TextStream',
	wire: 'M6 4h26M46 4h8M68 4h32M114 4h6'
};

export const chat: Page = {
	path: '/chat',
	title: 'Chat',
	kind: 'Events of a run',
	shows: 'An answer streams token by token until you stop it. Reload half-way, and it goes on.',
	route: 'GET /api/chat/{run}',
	python: 'Runs[Part]',
	typescript: 'EventStream',
	wire: 'M4 4h4M20 4h12M44 4h2M58 4h14M84 4h6M102 4h14'
};

export const jobs: Page = {
	path: '/jobs',
	title: 'Jobs',
	kind: 'Progress of a run',
	shows: 'A job goes on when its page is closed. Whoever comes back sees how far it is.',
	route: 'GET /api/jobs/{job}',
	python: 'Runs[Progress]',
	typescript: 'EventStream',
	wire: 'M4 4h4M30 4h8M58 4h12M90 4h20'
};

export const items: Page = {
	path: '/items',
	title: 'Items',
	kind: 'JSON',
	shows: 'A list and a form. What Python refuses is typed, and is shown at its field.',
	route: 'POST /api/items',
	python: 'Item',
	typescript: 'Promise<Item>',
	wire: 'M6 4h36M86 4h36'
};

/** In the order of the navigation. */
export const pages = [notifications, files, analytics, logs, chat, jobs, items];
