/** A function that runs `draw` in the next frame, once, however often it is called until then. */
export function oncePerFrame(draw: () => void): () => void {
	let isAsked = false;
	return () => {
		if (isAsked) return;
		isAsked = true;
		requestAnimationFrame(() => {
			isAsked = false;
			draw();
		});
	};
}
