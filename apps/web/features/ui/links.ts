/** Addresses of the portal's pages. Ids are the API's and may hold any character. */
export const linkToRun = (id: string): string => `/runs/${encodeURIComponent(id)}`;
export const linkToModel = (id: string): string => `/models/${encodeURIComponent(id)}`;
export const linkToVersion = (id: string): string => `/versions/${encodeURIComponent(id)}`;
export const linkToDataset = (id: string): string => `/datasets/${encodeURIComponent(id)}`;
/** A version's page with the channels of one of its layers, from a cursor on. */
export const linkToChannels = (id: string, layer: string, after?: string): string =>
  `${linkToVersion(id)}?${new URLSearchParams({ layer, ...(after === undefined ? {} : { after }) }).toString()}`;
