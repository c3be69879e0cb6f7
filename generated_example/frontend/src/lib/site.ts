/** The name of the site, in its header and its titles. */
export const site = 'generated_example';
