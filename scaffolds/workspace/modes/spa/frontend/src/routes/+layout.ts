// Pages are drawn in the browser; FastAPI serves the files and the data.
export const ssr = false;
