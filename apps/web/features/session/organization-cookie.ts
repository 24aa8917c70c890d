/** Remembers which of several organizations the viewer looks at. It grants nothing: the API asks who is a member. */
export const organizationCookie = 'espalier-organization';
