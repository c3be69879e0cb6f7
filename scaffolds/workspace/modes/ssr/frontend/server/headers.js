// Headers that keep browsers from doing with an answer what it was not made for: as the API has
// them, in backend/serving/headers.py. What SvelteKit and the API say themselves replaces them.

const SECURITY_HEADERS = new Map(
	Object.entries({
		// a file is what its type says, and not what its bytes look like
		'x-content-type-options': 'nosniff',
		// other sites learn from where somebody comes, but not from which page
		'referrer-policy': 'strict-origin-when-cross-origin',
		// pages of other sites neither frame this one nor hold its window
		'x-frame-options': 'SAMEORIGIN',
		'content-security-policy': "frame-ancestors 'self'",
		'cross-origin-opener-policy': 'same-origin-allow-popups',
		// remove here what your pages ask people for
		'permissions-policy': 'camera=(), geolocation=(), microphone=()'
	})
);

// for a year, of all who came by https; never of `localhost`, where others serve, too
const HTTPS_ONLY = 'max-age=31536000';
const LOCAL = /^(?:.+\.)?localhost(?::\d+)?$/;

/** To be called before anything answers. `asked` is how the request was, see `seen`. */
export function secure(response, asked) {
	response.setHeaders(SECURITY_HEADERS);
	if (asked['x-forwarded-proto'] === 'https' && !LOCAL.test(asked.host)) {
		response.setHeader('strict-transport-security', HTTPS_ONLY);
	}
}
