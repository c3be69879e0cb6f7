// Readers of reactive state outside of a component, and state that they follow.

export interface Reader<Value> {
	/** What it saw, one entry a change. */
	readonly seen: readonly Value[];
	readonly latest: Value | undefined;
	/** Resolves when what it sees is so. */
	until(isSo: (value: Value) => boolean): Promise<Value>;
	leave(): void;
}

/** Reads like a component does: now, and whenever what it read has changed. */
export function reader<Value>(read: () => Value): Reader<Value> {
	const seen: Value[] = [];
	const waiting = new Set<() => void>();
	const leave = $effect.root(() => {
		$effect(() => {
			seen.push(read());
			for (const look of waiting) look();
		});
	});
	const until = (isSo: (value: Value) => boolean) =>
		new Promise<Value>((resolve) => {
			const look = () => {
				const value = seen.at(-1) as Value;
				if (!seen.length || !isSo(value)) return;
				waiting.delete(look);
				resolve(value);
			};
			waiting.add(look);
			look();
		});
	return {
		seen,
		get latest() {
			return seen.at(-1);
		},
		until,
		leave
	};
}

export interface State<Value> {
	value: Value;
}

export function state<Value>(initial: Value): State<Value> {
	let value = $state.raw(initial);
	return {
		get value() {
			return value;
		},
		set value(next) {
			value = next;
		}
	};
}
