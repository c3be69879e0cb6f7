// Text or bytes that come in pieces: joined once, so that the cost of a long line is linear.

/** Many small pieces take far more memory than what they hold. */
const MANY = 1_000;

export class Pieces<Piece extends { readonly length: number }> {
	length = 0;
	readonly #join: (pieces: Piece[]) => Piece;
	#blocks: Piece[] = [];
	#pieces: Piece[] = [];

	constructor(join: (pieces: Piece[]) => Piece) {
		this.#join = join;
	}

	add(piece: Piece): void {
		this.length += piece.length;
		if (this.#pieces.push(piece) < MANY) return;
		this.#blocks.push(this.#join(this.#pieces));
		this.#pieces = [];
	}

	/** All of them, as one; none stays. */
	take(): Piece {
		const whole = this.#join([...this.#blocks, ...this.#pieces]);
		this.#blocks = [];
		this.#pieces = [];
		this.length = 0;
		return whole;
	}
}
