// Copied by fluidkit. Changes to this file are overwritten.
// Text or bytes that come in pieces: joined once, so that the cost of a long line is linear.

export interface Pieces<Piece> {
	/** Of all pieces together. */
	readonly length: number;
	add(piece: Piece): void;
	/** All of them, as one; none stays. */
	take(): Piece;
}

export function piecesOf<Piece extends { readonly length: number }>(
	join: (pieces: Piece[]) => Piece
): Pieces<Piece> {
	let length = 0;
	let pieces: Piece[] = [];
	return {
		get length() {
			return length;
		},
		add(piece) {
			length += piece.length;
			// Many small pieces take far more memory than what they hold. The longer the whole, the
			// more of them there may be: so it is not copied often.
			if (pieces.push(piece) > 1_000 + length / 32) pieces = [join(pieces)];
		},
		take() {
			const whole = join(pieces);
			pieces = [];
			length = 0;
			return whole;
		}
	};
}
