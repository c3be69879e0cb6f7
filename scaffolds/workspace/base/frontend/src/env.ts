import { defineEnvVars } from '@sveltejs/kit/env';

// What the front end may know of ../.env. What is `public` reaches the browser, through
// `$app/env/public`; anything else stays on the server, in `$app/env/private`.
export const variables = defineEnvVars({
	// PUBLIC_TITLE: { public: true }
});
