/** Addresses of the portal's pages. Ids are the API's and may hold any character. */
export const linkToRun = (id: string): string => `/runs/${encodeURIComponent(id)}`;
export const linkToModel = (id: string): string => `/models/${encodeURIComponent(id)}`;
export const linkToVersion = (id: string): string => `/versions/${encodeURIComponent(id)}`;
export const linkToDataset = (id: string): string => `/datasets/${encodeURIComponent(id)}`;
