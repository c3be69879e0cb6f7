// Copied by fluidkit. Changes to this file are overwritten.
// The items of a stream on their way to whoever takes them: its one loop, or the callbacks alone.

/** The stream, as its inbox sees it. */
export interface Owner<Item> {
	/** Calls the callbacks for an item that is being taken; false keeps it from the loop. */
	deliver(item: Item): boolean;
	/** All items are taken; ends the inbox when no more will come. */
	emptied(): void;
	/** The loop waits for an item. */
	awaited(): void;
	/** An item is not what it should be. */
	fail(error: unknown): void;
	close(): void;
}

interface Waiting<Item> {
	read(item: Item): unknown;
	readonly resolve: (result: IteratorResult<never, undefined>) => void;
	readonly reject: (error: unknown) => void;
}

export class Inbox<Item> {
	readonly #owner: Owner<Item>;
	#items: Item[] = [];
	#taken = 0;
	#waiting: Waiting<Item>[] = [];
	#isIterated = false;
	#hasEnded = false;
	/** What the loop is still to be told. */
	#error: { readonly error: unknown } | undefined;

	constructor(owner: Owner<Item>) {
		this.#owner = owner;
	}

	get isIterated(): boolean {
		return this.#isIterated;
	}

	get isAwaited(): boolean {
		return this.#waiting.length > 0;
	}

	/** The loop, made by hand since an async generator costs several times as much an item. */
	iterate<Out>(read: (item: Item) => Out): AsyncIterableIterator<Out, undefined> {
		if (this.#isIterated) throw new TypeError('A stream can be read only once');
		this.#isIterated = true;
		const iterator: AsyncIterableIterator<Out, undefined> = {
			next: () => this.#next(read),
			return: async () => {
				this.#owner.close();
				return { done: true, value: undefined };
			},
			[Symbol.asyncIterator]: () => iterator
		};
		return iterator;
	}

	add(item: Item): void {
		this.#items.push(item);
	}

	/** Drops what is left. */
	clear(): void {
		this.#items = [];
		this.#taken = 0;
	}

	/** Gives away what is there. */
	handOut(): void {
		while (!this.#isIterated && this.#taken < this.#items.length) {
			this.#owner.deliver(this.#items[this.#taken++] as Item);
		}
		if (!this.#isIterated) return this.#owner.emptied();
		for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
			try {
				const result = this.#take(first.read);
				if (!result) return;
				first.resolve(result as IteratorResult<never, undefined>);
			} catch (error) {
				first.reject(error);
			}
			// Ending the stream meanwhile has answered everybody.
			if (this.#waiting[0] === first) this.#waiting.shift();
		}
	}

	/** No more items: a loop ends, or throws the error that there was. */
	end(error?: { readonly error: unknown }): void {
		this.clear();
		this.#hasEnded = true;
		this.#error = error;
		if (this.#isIterated) this.handOut();
	}

	#next<Out>(read: (item: Item) => Out): Promise<IteratorResult<Out, undefined>> {
		try {
			const result = this.#take(read);
			if (result) return Promise.resolve(result);
		} catch (error) {
			return Promise.reject(error);
		}
		return new Promise((resolve, reject) => {
			this.#waiting.push({ read, resolve, reject });
			this.#owner.awaited();
		});
	}

	/** What the loop gets now; undefined when it has to wait. */
	#take<Out>(read: (item: Item) => Out): IteratorResult<Out, undefined> | undefined {
		while (this.#taken < this.#items.length) {
			const item = this.#items[this.#taken++] as Item;
			if (!this.#owner.deliver(item) || this.#hasEnded) continue;
			try {
				return { done: false, value: read(item) };
			} catch (error) {
				this.#owner.fail(error);
			}
		}
		this.#owner.emptied();
		if (!this.#hasEnded) return undefined;
		const error = this.#error;
		this.#error = undefined;
		if (error) throw error.error;
		return { done: true, value: undefined };
	}
}
