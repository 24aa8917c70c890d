export const downloadPrefix = '/download/model-versions';

/** Where the bytes of a version lie on the API's address. */
export const downloadPath = (versionId: string): string => `${downloadPrefix}/${versionId}`;
