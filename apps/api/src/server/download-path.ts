export const downloadPrefix = '/download/model-versions';

/** Where the bytes of a version lie on the API's address. */
export const downloadPath = (versionId: string): string => `${downloadPrefix}/${versionId}`;

/** Where it is told, channel by channel, what a compressed version comes from. */
export const provenancePath = (versionId: string): string => `${downloadPath(versionId)}/provenance`;
