"""FastAPI and SvelteKit as one project."""
